/** Bytes of all bodies together that are in memory; a body beyond it is refused `body-budget-full`. */
const mostBytes = 128 * 1_024 ** 2;

/** The memory that bodies of requests may take together. A caller that is not verified gets at most `loginBodyBytes` of it. */
export class BodyBudget {
  #takenBytes = 0;

  /** @returns Whether there was room; without it nothing is taken. */
  take(lengthBytes: number): boolean {
    if (this.#takenBytes + lengthBytes > mostBytes) return false;
    this.#takenBytes += lengthBytes;
    return true;
  }

  /** Gives back what was taken. */
  release(lengthBytes: number): void {
    this.#takenBytes -= lengthBytes;
  }

  get takenBytes(): number {
    return this.#takenBytes;
  }
}
