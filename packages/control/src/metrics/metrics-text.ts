// Prometheus' text format, version 0.0.4. https://prometheus.io/docs/instrumenting/exposition_formats/

/** The content type of the text. */
export const metricsContentType = "text/plain; version=0.0.4; charset=utf-8";

/** A metric with its samples. */
export interface WrittenMetric {
  /** Letters, digits and underscores; the name of a counter ends with `_total`. */
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram" | "summary";
  /** A sentence. */
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** A value under labels. */
export interface Sample {
  /** Appended to the metric's name: `_sum`, `_count`, `_bucket`. */
  readonly suffix?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Observations of a histogram under labels. */
interface Observations {
  readonly labels: Readonly<Record<string, string>>;
  /** Number of observations. */
  readonly value: number;
  /** Sum of the observations. Default 0. */
  readonly sum?: number;
  /** Observations up to a bound, by growing bounds. Default none. */
  readonly buckets?: readonly (readonly number[])[];
}

/** The samples of a histogram: a bucket for each bound, the bucket `+Inf` with all observations, their sum and number. */
export function histogramSamples({ labels, value, sum = 0, buckets = [] }: Observations): Sample[] {
  const bucket = (bound: number, count: number): Sample => ({
    suffix: "_bucket",
    labels: { ...labels, le: spell(bound) },
    value: count,
  });
  return [
    ...buckets.map(([bound = 0, count = 0]) => bucket(bound, count)),
    bucket(Infinity, value),
    { suffix: "_sum", labels, value: sum },
    { suffix: "_count", labels, value },
  ];
}

/** The text of all metrics; those without samples are left out. */
export function metricsText(metrics: readonly WrittenMetric[]): string {
  return metrics
    .filter(({ samples }) => samples.length > 0)
    .map(metricText)
    .join("");
}

function metricText({ name, type, help, samples }: WrittenMetric): string {
  const lines = [
    `# HELP ${name} ${escapeHelp(help)}`,
    `# TYPE ${name} ${type}`,
    ...samples.map((sample) => sampleText(name, sample)),
  ];
  return `${lines.join("\n")}\n`;
}

function sampleText(name: string, { suffix = "", labels, value }: Sample): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  const braces = pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
  return `${name}${suffix}${braces} ${spell(value)}`;
}

function spell(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return String(value);
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", String.raw`\\`).replaceAll("\n", String.raw`\n`);
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', String.raw`\"`);
}
