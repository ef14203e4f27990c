// The seeding limits of a torrent: a value, and a mode that says whose value holds.

import type { TorrentSettings } from "@troupe/control";

/** Modes of the protocol. */
const limitModes = { ofSession: 0, own: 1, unlimited: 2 } as const;

/** Goals that no torrent reaches: the largest that the settings take. */
const endlessRatio = 1_000_000;
const endlessSeconds = 1_000_000_000;
const minuteSeconds = 60;

/** A seeding limit, read and written. */
interface SeedLimit {
  readonly setting: "goals.idleSeconds" | "goals.ratio";
  readonly endless: number;
  readonly goalOf: (limit: number) => number;
  readonly limitOf: (goal: number) => number;
}

/** The ratio. */
export const ratioLimit: SeedLimit = {
  setting: "goals.ratio",
  endless: endlessRatio,
  goalOf: (limit) => limit,
  limitOf: (goal) => goal,
};

/** The time without an upload, in minutes. */
export const idleLimit: SeedLimit = {
  setting: "goals.idleSeconds",
  endless: endlessSeconds,
  goalOf: secondsOf,
  limitOf: minutesOf,
};

/** A time of 0 is the shortest goal that there is. */
export function secondsOf(minutes: number): number {
  return minutes === 0 ? 1 : minutes * minuteSeconds;
}

/** The minutes of a goal; a part of one counts. */
export function minutesOf(seconds: number): number {
  return Math.ceil(seconds / minuteSeconds);
}

/** The mode of a limit of a torrent. @param own The settings of the torrent itself. */
export function modeOf({ setting, endless }: SeedLimit, own: TorrentSettings): number {
  const goal = own[setting];
  if (own["goals.action"] === "none" || (goal ?? 0) >= endless) return limitModes.unlimited;
  return goal === undefined ? limitModes.ofSession : limitModes.own;
}

/** The limit of the torrent itself; undefined in another mode. */
export function ownLimit(limit: SeedLimit, own: TorrentSettings): number | undefined {
  const goal = own[limit.setting];
  return goal === undefined || modeOf(limit, own) !== limitModes.own
    ? undefined
    : limit.limitOf(goal);
}

/**
 * The goal that a mode and a limit mean.
 *
 * @param given The mode, and the limit; a limit without a mode changes a torrent that has its own.
 * @param preset The limit where none is known.
 * @returns Null for that of the session; undefined: no change, or no such mode.
 */
export function goalOf(
  limit: SeedLimit,
  given: { readonly mode: number | undefined; readonly limit: number | undefined },
  own: TorrentSettings,
  preset: number,
): number | null | undefined {
  const value = given.limit ?? ownLimit(limit, own) ?? preset;
  switch (given.mode ?? modeOf(limit, own)) {
    case limitModes.ofSession:
      return given.mode === undefined ? undefined : null;
    case limitModes.own:
      return limit.goalOf(value);
    case limitModes.unlimited:
      return given.mode === undefined ? undefined : limit.endless;
    default:
      return undefined;
  }
}
