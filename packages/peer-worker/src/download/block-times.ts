/** Blocks that the median is of: odd, so that it is the time of one of them. */
const blocks = 9;

/** The times from a request to its block, of a connection's last nine blocks, in milliseconds. */
export class BlockTimes {
  readonly #timesMs = new Float64Array(blocks);
  readonly #sorted = new Float64Array(blocks);
  #count = 0;

  add(timeMs: number): void {
    this.#timesMs[this.#count++ % blocks] = timeMs;
  }

  /** Before nine blocks the lower of the two middle times. */
  get medianMs(): number {
    const known = Math.min(this.#count, blocks);
    this.#sorted.set(this.#timesMs);
    return this.#sorted.subarray(0, known).sort()[(known - 1) >> 1] ?? 0;
  }
}
