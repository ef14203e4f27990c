/** Memory for one purpose of a worker, counted against a limit. */
export class MemoryBudget {
  readonly #limitBytes: number;
  #usedBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Whether more is in use than allowed. */
  get isOver(): boolean {
    return this.#usedBytes > this.#limitBytes;
  }

  /** @returns False, and counts nothing, beyond the limit. */
  tryTake(bytes: number): boolean {
    if (this.#usedBytes + bytes > this.#limitBytes) return false;
    this.#usedBytes += bytes;
    return true;
  }

  /** Even beyond the limit. */
  takeAnyway(bytes: number): void {
    this.#usedBytes += bytes;
  }

  release(bytes: number): void {
    this.#usedBytes -= bytes;
  }
}
