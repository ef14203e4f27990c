// A histogram of times in memory that one thread writes; every thread may read it.
//
//   cells   float64 × bounds   observations up to each bound, and above the bound before it
//           float64            observations beyond the last bound
//           float64            sum of the observations in seconds
//
// Plain loads and stores, as in torrent-table.ts.

import type { MetricSeries } from "../metrics.ts";

/** Bounds in seconds: a read of cached bytes takes 50 µs, a tracker that does not answer half a minute. */
const bounds = [
  5e-5, 1e-4, 2e-4, 5e-4, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30,
] as const;

const sumCell = bounds.length + 1;

/** Cells of a histogram. */
const histogramCells = sumCell + 1;

/** Bytes of a histogram. */
export const histogramBytes: number = histogramCells * Float64Array.BYTES_PER_ELEMENT;

/** Times by their length. */
export class Histogram {
  readonly #cells: Float64Array;

  /** @param memory Zeroed; default: memory of this thread. */
  constructor(memory: ArrayBufferLike = new ArrayBuffer(histogramBytes), byteOffset = 0) {
    this.#cells = new Float64Array(memory, byteOffset, histogramCells);
  }

  /** Sum of the observations. */
  get seconds(): number {
    return this.#cells[sumCell] ?? 0;
  }

  record(seconds: number): void {
    const cells = this.#cells;
    let cell = 0;
    while (cell < bounds.length && seconds > (bounds[cell] ?? 0)) cell++;
    cells[cell] = (cells[cell] ?? 0) + 1;
    cells[sumCell] = (cells[sumCell] ?? 0) + seconds;
  }

  /** Adds the observations of another histogram. */
  add(other: Histogram): void {
    for (const [index, value] of other.#cells.entries())
      this.#cells[index] = (this.#cells[index] ?? 0) + value;
  }

  read(labels: MetricSeries["labels"]): MetricSeries {
    let value = 0;
    const buckets = bounds.map((bound, index) => {
      value += this.#cells[index] ?? 0;
      return [bound, value] as const;
    });
    value += this.#cells[bounds.length] ?? 0;
    return { labels, value, sum: this.seconds, buckets };
  }
}
