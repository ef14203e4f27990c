// The limits of the session that have a switch and a value, each a setting of the engine.

import type { LiveEngineSetting } from "@troupe/control";
import { defaults } from "../defaults.ts";
import { minutesOf, secondsOf } from "../seed-limits.ts";
import { rateOf, speedOf } from "../units.ts";

/** A limit with a switch. */
interface SessionLimit {
  readonly value: string;
  readonly isOn: string;
  readonly setting: LiveEngineSetting;
  /** The value that is told while the limit is off. */
  readonly preset: number;
  readonly settingOf: (value: number) => number;
  readonly valueOf: (setting: number) => number;
  /** The setting of a limit that is off; null: it is not set. */
  readonly off: 0 | null;
}

const same = (value: number): number => value;

const speed = { preset: defaults.speed, settingOf: rateOf, valueOf: speedOf, off: 0 } as const;
const size = { settingOf: same, valueOf: same, off: null } as const;

/** The limits. */
export const sessionLimits: readonly SessionLimit[] = [
  {
    ...speed,
    value: "speed_limit_down",
    isOn: "speed_limit_down_enabled",
    setting: "limits.down",
  },
  { ...speed, value: "speed_limit_up", isOn: "speed_limit_up_enabled", setting: "limits.up" },
  {
    ...size,
    value: "download_queue_size",
    isOn: "download_queue_enabled",
    setting: "maxActiveDownloads",
    preset: defaults.downloadQueue,
  },
  {
    ...size,
    value: "seed_queue_size",
    isOn: "seed_queue_enabled",
    setting: "maxActiveSeeds",
    preset: defaults.seedQueue,
  },
  {
    ...size,
    value: "seed_ratio_limit",
    isOn: "seed_ratio_limited",
    setting: "goals.ratio",
    preset: defaults.seedRatio,
  },
  {
    value: "idle_seeding_limit",
    isOn: "idle_seeding_limit_enabled",
    setting: "goals.idleSeconds",
    preset: defaults.idleMinutes,
    settingOf: secondsOf,
    valueOf: minutesOf,
    off: null,
  },
];

/** The value of a limit that is on; undefined for one that is off. A rate limit of 0 is none. */
export function limitNow(
  { setting, off, valueOf }: SessionLimit,
  settings: Readonly<Record<string, unknown>>,
): number | undefined {
  const value = settings[setting];
  return typeof value !== "number" || value === off ? undefined : valueOf(value);
}
