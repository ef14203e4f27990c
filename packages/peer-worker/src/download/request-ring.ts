const firstCapacity = 16;
/** Shared array of all rings before their first entry: most peers are asked for nothing. */
const noEntries = new Float64Array(0);

/**
 * A growing ring of a connection's requests, without an object per request: blocks by number
 * (`Torrent.blockNumber`), each with a time. Answers nearly always come in request order: lookup and removal
 * are O(distance from the first).
 */
export class RequestRing {
  readonly #limit: number;
  #blocks = noEntries;
  #timesMs = noEntries;
  /** −1 without memory. */
  #mask = -1;
  #first = 0;
  #length = 0;

  /** @param limit Entries kept; a further entry pushes out the oldest. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#length;
  }

  push(block: number, timeMs: number): void {
    if (this.#length === this.#limit) this.removeAt(0);
    if (this.#length > this.#mask) this.#grow();
    const at = (this.#first + this.#length) & this.#mask;
    this.#blocks[at] = block;
    this.#timesMs[at] = timeMs;
    this.#length++;
  }

  /** @returns Position from the oldest, or −1. */
  indexOf(block: number): number {
    for (let index = 0; index < this.#length; index++) {
      if (this.#blocks[(this.#first + index) & this.#mask] === block) return index;
    }
    return -1;
  }

  /** @param index 0 to length − 1, from the oldest. */
  blockAt(index: number): number {
    return this.#blocks[(this.#first + index) & this.#mask] ?? 0;
  }

  timeMsAt(index: number): number {
    return this.#timesMs[(this.#first + index) & this.#mask] ?? 0;
  }

  removeAt(index: number): void {
    for (let i = index; i > 0; i--) {
      const to = (this.#first + i) & this.#mask;
      const from = (this.#first + i - 1) & this.#mask;
      this.#blocks[to] = this.#blocks[from] ?? 0;
      this.#timesMs[to] = this.#timesMs[from] ?? 0;
    }
    this.#first = (this.#first + 1) & this.#mask;
    this.#length--;
  }

  remove(block: number): boolean {
    const index = this.indexOf(block);
    if (index >= 0) this.removeAt(index);
    return index >= 0;
  }

  /** Entries are in order of time. */
  removeBefore(timeMs: number): void {
    while (this.#length > 0 && this.timeMsAt(0) < timeMs) this.removeAt(0);
  }

  clear(): void {
    this.#length = 0;
  }

  #grow(): void {
    const blocks = new Float64Array(Math.max(firstCapacity, 2 * this.#blocks.length));
    const timesMs = new Float64Array(blocks.length);
    for (let index = 0; index < this.#length; index++) {
      blocks[index] = this.blockAt(index);
      timesMs[index] = this.timeMsAt(index);
    }
    this.#blocks = blocks;
    this.#timesMs = timesMs;
    this.#mask = blocks.length - 1;
    this.#first = 0;
  }
}
