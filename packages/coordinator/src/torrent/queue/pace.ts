// The pace of a running torrent: slow, or not. A change takes a minute, so that a pause of a peer starts no torrent, and a
// burst stops none.

/** Below this rate of payload a torrent is slow. */
export const slowBytesPerSecond = 2_000;
/** The rate has to be on the other side for this long. */
export const paceChangeMs = 60_000;

/** Slow, or not. */
export interface Pace {
  readonly isSlow: boolean;
  /** Since then the rate contradicts `isSlow`. */
  readonly otherwiseSinceMs: number | undefined;
}

/** The pace of a torrent that begins to run. */
export const firstPace: Pace = { isSlow: false, otherwiseSinceMs: undefined };

/** The pace after a look at the rate. */
export function nextPace(pace: Pace, bytesPerSecond: number, nowMs: number): Pace {
  const isBelow = bytesPerSecond < slowBytesPerSecond;
  if (isBelow === pace.isSlow) {
    return pace.otherwiseSinceMs === undefined ? pace : { ...pace, otherwiseSinceMs: undefined };
  }
  const sinceMs = pace.otherwiseSinceMs ?? nowMs;
  if (nowMs - sinceMs >= paceChangeMs) return { isSlow: isBelow, otherwiseSinceMs: undefined };
  return { ...pace, otherwiseSinceMs: sinceMs };
}
