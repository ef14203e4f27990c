// The times at which feeds are looked at.

/** The time between two looks of a feed that names none. */
export const usualIntervalMs = 15 * 60_000;
/** The longest time between two looks that a feed may name. A longer one is cut to it. */
const longestTtlMs = 24 * 3_600_000;
/** Waits after errors double up to it. */
const longestBackoffMs = 6 * 3_600_000;
/** Waits are longer by up to this part, so that feeds of one server are not asked together. */
const jitterPart = 0.1;
/** The first looks after a start are spread over it. */
const startSpreadMs = 30_000;
/** A service that is started again and again asks a server no sooner. */
const leastAfterStartMs = 60_000;

/** The facts that decide the next look. */
interface LastLook {
  readonly intervalMs: number;
  /** The time that the feed names. */
  readonly ttlMinutes: number | undefined;
  /** Looks since the last one that succeeded. */
  readonly failures: number;
  /** 0 to 1. */
  readonly random: number;
}

/** Milliseconds from the end of a look to the next one. */
export function nextLookIn({ failures, intervalMs, random, ttlMinutes = 0 }: LastLook): number {
  const wantedMs = Math.max(intervalMs, Math.min(ttlMinutes * 60_000, longestTtlMs));
  const longestMs = Math.max(longestBackoffMs, wantedMs);
  const backoffMs = Math.min(longestMs, wantedMs * 2 ** Math.min(failures, 20));
  return Math.round(backoffMs * (1 + jitterPart * random));
}

/**
 * Milliseconds from a start to the first look.
 *
 * @param agoMs The time since the last look of an earlier run, if there was one.
 */
export function firstLookIn(agoMs: number | undefined, random: number): number {
  const isRecent = agoMs !== undefined && agoMs >= 0 && agoMs < leastAfterStartMs;
  return Math.round((isRecent ? leastAfterStartMs - agoMs : 0) + startSpreadMs * random);
}
