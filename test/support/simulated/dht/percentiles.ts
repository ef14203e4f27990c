// Figures of a run as text.

/** @returns The smallest value that `percent` of the values do not exceed; NaN without values. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

/** @returns `p50 0.41 s, p95 1.20 s, p99 2.05 s`; `none` without values. */
export function describeTimes(valuesMs: readonly number[]): string {
  if (valuesMs.length === 0) return "none";
  return [50, 95, 99]
    .map((percent) => `p${percent} ${(percentile(valuesMs, percent) / 1_000).toFixed(2)} s`)
    .join(", ");
}

/** @returns `99.61 % of 1,000`. */
export function describeShare(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(2)} % of ${whole.toLocaleString("en")}`;
}
