// Rates of a torrent, as this page has seen them since it shows the torrent.

import type { RateLines } from "./history.ts";

/** Ten minutes of a sample each two seconds; the oldest is dropped. */
const mostSamples = 300;
/** A longer time between two samples is a gap: the tab was hidden. */
const gapMs = 10_000;

interface Sample {
  readonly atMs: number;
  readonly down: number | null;
  readonly up: number | null;
}

/** The last samples. */
export class RateSamples {
  #samples: Sample[] = [];

  /** @param atMs Since 1970. @param down Bytes a second. */
  add(atMs: number, down: number, up: number): void {
    const last = this.#samples.at(-1);
    // The clock went back: what is behind it would be drawn backwards.
    if (last !== undefined && atMs <= last.atMs) this.#samples = [];
    else if (last !== undefined && atMs - last.atMs > gapMs)
      this.#samples.push({ atMs: last.atMs + 1, down: null, up: null });
    this.#samples.push({ atMs, down, up });
    this.#samples = this.#samples.slice(-mostSamples);
  }

  lines(): RateLines {
    return {
      times: this.#samples.map(({ atMs }) => atMs / 1_000),
      down: this.#samples.map(({ down }) => down),
      up: this.#samples.map(({ up }) => up),
    };
  }
}
