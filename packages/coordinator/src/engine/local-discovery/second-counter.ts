/** Counts events by the second. */
export class SecondCounter {
  #second = 0;
  #count = 0;

  /** @returns The number of events in this second, this event included. */
  add(nowMs: number): number {
    const second = Math.floor(nowMs / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#count = 0;
    }
    return ++this.#count;
  }
}
