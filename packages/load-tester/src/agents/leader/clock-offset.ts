// The difference between the clocks of two machines, from round trips.

/** A question for another clock's time, and its answer. Times in milliseconds since 1970. */
export interface RoundTrip {
  readonly askedMs: number;
  readonly answeredMs: number;
  /** The other clock. */
  readonly theirMs: number;
}

/**
 * Milliseconds by which the other clock is ahead. The shortest round trip counts: its answer can be off by half of its time
 * at most.
 */
export function clockOffset(trips: readonly RoundTrip[]): number {
  const [best] = trips.toSorted((a, b) => durationOf(a) - durationOf(b));
  if (best === undefined) return 0;
  return best.theirMs - (best.askedMs + best.answeredMs) / 2;
}

function durationOf({ askedMs, answeredMs }: RoundTrip): number {
  return answeredMs - askedMs;
}
