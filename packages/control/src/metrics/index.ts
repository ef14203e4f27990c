export { type EngineMetric, engineMetrics } from "./engine-metrics.ts";
export type { MetricRow } from "./metric-row.ts";
export {
  histogramSamples,
  metricsContentType,
  metricsText,
  type Sample,
  type WrittenMetric,
} from "./metrics-text.ts";
