import { LatencyHistogram } from "./latency-histogram.ts";

/** Memory of histograms, which each window needs again. */
export class HistogramPool {
  readonly #free: LatencyHistogram[] = [];

  /** @returns An empty histogram. */
  take(): LatencyHistogram {
    return this.#free.pop() ?? LatencyHistogram.empty();
  }

  give(histogram: LatencyHistogram): void {
    histogram.clear();
    this.#free.push(histogram);
  }
}
