// Prometheus' text format, version 0.0.4. https://prometheus.io/docs/instrumenting/exposition_formats/

/** Types of metrics. */
type MetricType = "counter" | "gauge" | "summary";

/** A metric with its samples. */
export interface Metric {
  /** Letters, digits and underscores. */
  readonly name: string;
  readonly type: MetricType;
  /** A sentence without a full stop. */
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** A value under labels. */
export interface Sample {
  /** Appended to the metric's name: `_sum`, `_count`; "" for none. */
  readonly suffix?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The text of all metrics; those without samples are left out. */
export function metricsText(metrics: readonly Metric[]): string {
  return metrics
    .filter(({ samples }) => samples.length > 0)
    .map(metricText)
    .join("");
}

function metricText({ name, type, help, samples }: Metric): string {
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
