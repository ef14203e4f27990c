// A bound on how much of one kind is under way at once.

/** Runs as many tasks at once as it was made for; the others wait their turn, in the order in which they came. */
export class ConcurrencyLimit {
  readonly #limit: number;
  #running = 0;
  readonly #waiting = new Set<() => void>();

  /** @param limit Tasks at once, at least 1. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Tasks that wait for their turn. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Runs `task` when there is room.
   *
   * @param signal Gives the waiting up; a task that runs is not touched.
   * @throws rejects with the signal's reason, or with what the task rejects with.
   */
  async run<Result>(task: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    signal?.throwIfAborted();
    if (this.#running < this.#limit) this.#running++;
    else await this.#waitForPlace(signal);
    try {
      return await task();
    } finally {
      this.#freePlace();
    }
  }

  /** Resolves when somebody who is done has left his place. */
  #waitForPlace(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        signal?.removeEventListener("abort", giveUp);
        resolve();
      };
      const giveUp = (): void => {
        this.#waiting.delete(enter);
        reject(signal?.reason as Error);
      };
      this.#waiting.add(enter);
      signal?.addEventListener("abort", giveUp, { once: true });
    });
  }

  #freePlace(): void {
    for (const enter of this.#waiting) {
      this.#waiting.delete(enter);
      return enter();
    }
    this.#running--;
  }
}
