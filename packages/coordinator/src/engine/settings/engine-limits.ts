import {
  engineSettings,
  settingsIn,
  valueInForce,
  weekPeriodOf,
  type LiveEngineSettings,
} from "@troupe/control";
import {
  limitsIn,
  type EncryptionMode,
  type EngineLimits,
  type LimitPeriod,
  type LimitRules,
} from "@troupe/messages";

type PeriodSetting = NonNullable<LiveEngineSettings["limits.schedule"]>[number];

/** The rate limits that settings ask for. */
export function engineLimitsOf(settings: LiveEngineSettings): EngineLimits {
  const schedule = settings["limits.schedule"] ?? [];
  const limits = limitsIn(settingsIn(settings, "limits"));
  return { ...limits, ...(schedule.length > 0 && { schedule: schedule.map(periodOf) }) };
}

/** The traffic that the limits hold for. */
export function limitRulesOf(settings: LiveEngineSettings): LimitRules {
  return {
    limitsLocal: valueInForce(engineSettings, "limits.localNetworks", settings),
    countsProtocol: valueInForce(engineSettings, "limits.protocol", settings),
  };
}

/** The encryption of connections to peers that settings ask for. */
export function encryptionOf(settings: LiveEngineSettings): EncryptionMode {
  return valueInForce(engineSettings, "encryption", settings);
}

function periodOf({ days, from, to, ...limits }: PeriodSetting): LimitPeriod {
  const times = weekPeriodOf({ ...(days !== undefined && { days }), from, to });
  return { ...times, limits: limitsIn(limits) ?? {} };
}
