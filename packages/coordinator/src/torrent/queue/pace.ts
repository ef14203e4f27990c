// The pace of a running torrent: slow, or not. The pace changes after a minute, so that no torrent starts because a
// peer pauses, and none stops because of a burst.

/** Below this rate of payload a torrent is slow. */
const slowBytesPerSecond = 2_000;
/** The pace changes when the rate has contradicted it for this long. */
export const paceChangeMs = 60_000;

/** The pace of a torrent. */
export interface Pace {
  readonly isSlow: boolean;
  /** Time since which the rate contradicts `isSlow`. */
  readonly otherwiseSinceMs: number | undefined;
}

/** The pace of a torrent that begins to run. */
export const firstPace: Pace = { isSlow: false, otherwiseSinceMs: undefined };

/** The pace after a once-a-second look at the rate. */
export function nextPace(pace: Pace, bytesPerSecond: number, nowMs: number): Pace {
  const isBelow = bytesPerSecond < slowBytesPerSecond;
  if (isBelow === pace.isSlow) {
    return pace.otherwiseSinceMs === undefined ? pace : { ...pace, otherwiseSinceMs: undefined };
  }
  const sinceMs = pace.otherwiseSinceMs ?? nowMs;
  if (nowMs - sinceMs >= paceChangeMs) return { isSlow: isBelow, otherwiseSinceMs: undefined };
  return { ...pace, otherwiseSinceMs: sinceMs };
}
