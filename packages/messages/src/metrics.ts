/** A value of a metric under its labels. */
export interface MetricSeries {
  /** By name; each label has a bounded number of values. */
  readonly labels: Readonly<Record<string, string>>;
  /** For a histogram, the number of observations. */
  readonly value: number;
  /** The sum of the observations. */
  readonly sum?: number;
  /** Observations up to a bound, by growing bounds; those beyond the last bound are in `value` alone. */
  readonly buckets?: readonly (readonly [bound: number, count: number])[];
}

/** A figure of an engine, in the terms of Prometheus. */
export interface Metric {
  /** `troupe_dials_total`; the unit is its end: bytes, seconds. */
  readonly name: string;
  /** Counters grow from the start of the engine on. */
  readonly kind: "counter" | "gauge" | "histogram";
  /** A sentence. */
  readonly text: string;
  readonly series: readonly MetricSeries[];
}
