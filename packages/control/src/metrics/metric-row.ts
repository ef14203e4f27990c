/** A metric, as documents say it. */
export interface MetricRow {
  readonly kind: "counter" | "gauge" | "histogram";
  /** Names of the labels that each series has. */
  readonly labels: readonly string[];
  /** A sentence: the help of the text format. */
  readonly text: string;
  /** The question that the metric answers. */
  readonly question: string;
}
