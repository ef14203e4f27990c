// A transfer rate from a counter that is looked at once a second.

const smoothing = 0.35;

/** Exponentially smoothed rate of a growing byte counter. */
export class Rate {
  #lastBytes = 0;
  #lastMs: number | undefined;
  bytesPerSecond = 0;

  /** Nothing moves, and what comes next is a new beginning. */
  reset(): void {
    this.bytesPerSecond = 0;
    this.#lastMs = undefined;
  }

  /** Looks at the counter now. */
  update(totalBytes: number, nowMs: number): void {
    if (this.#lastMs !== undefined && nowMs > this.#lastMs) {
      const now = ((totalBytes - this.#lastBytes) * 1000) / (nowMs - this.#lastMs);
      const isFirst = this.bytesPerSecond === 0;
      this.bytesPerSecond = isFirst
        ? now
        : this.bytesPerSecond + smoothing * (now - this.bytesPerSecond);
      if (this.bytesPerSecond < 1) this.bytesPerSecond = 0;
    }
    this.#lastBytes = totalBytes;
    this.#lastMs = nowMs;
  }
}
