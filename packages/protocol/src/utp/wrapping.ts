// Arithmetic of the counters of uTP: sequence numbers and connection ids have 16 bits, times 32.

/** @returns The 16-bit counter `by` steps further; `by` may be negative. */
export function seqPlus(seq: number, by: number): number {
  return (seq + by) & 0xffff;
}

/** @returns Steps from `from` up to `to`, 0 to 65,535. */
export function seqDistance(from: number, to: number): number {
  return (to - from) & 0xffff;
}

/** @param ms Milliseconds of any clock, with fractions. @returns Its microseconds modulo 2³². */
export function toTimestampUs(ms: number): number {
  return (ms * 1_000) >>> 0;
}

/** @returns Microseconds from `fromUs` to `toUs` modulo 2³², 0 to 2³² − 1. */
export function timeDistance(fromUs: number, toUs: number): number {
  return (toUs - fromUs) >>> 0;
}

/** Whether `a` is before `b` on the shorter way round the 32-bit clock. */
export function isTimeBefore(a: number, b: number): boolean {
  return ((a - b) | 0) < 0;
}
