import {
  engineSettings,
  settingsIn,
  valueInForce,
  weekdays,
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
  return {
    ...(days !== undefined && { days: days.map((day) => weekdays.indexOf(day)) }),
    fromMinute: minuteOf(from),
    toMinute: minuteOf(to),
    limits: limitsIn(limits) ?? {},
  };
}

/** The minute of the day of `08:30`. */
function minuteOf(time: string): number {
  const [hours, minutes] = time.split(":");
  return 60 * Number(hours) + Number(minutes);
}
