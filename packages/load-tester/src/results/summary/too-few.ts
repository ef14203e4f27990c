// Percentiles of too few latencies: with fewer than 1,000 of them, p99.9 is the slowest one.

/** @returns Whether the percentile of so many values is their maximum. */
export function isMaximum(percent: number, count: number): boolean {
  // A tenth of a percent is not exact in binary.
  return count * (100 - percent) < 100 - 1e-6;
}

/** @returns `max of 200` for a percentile that is the maximum; undefined for any other. */
export function maximumWord(percent: number, count: number): string | undefined {
  return count > 0 && isMaximum(percent, count)
    ? `max of ${count.toLocaleString("en-US")}`
    : undefined;
}
