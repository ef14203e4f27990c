/** Runs a limited number of tasks at once; others wait in the order in which they came. */
export class ConcurrencyLimit {
  readonly #limit: number;
  #running = 0;
  readonly #waiting = new Set<() => void>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * @param signal Ends the wait; a running task is not aborted.
   * @throws rejects with the signal's reason, or with the task's error.
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

  /** Resolves when a task has ended. */
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
