// Streams of a group: each use of random numbers has its own, so that one use changes no other.

/** The last label but the member. */
export const streams = { arrivals: 0, visits: 1, actions: 2 } as const;

/** Whole microseconds, so that the list is the same wherever the last bit of a logarithm differs. */
export function roundTime(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
