// Events for a `for await` loop that may be slow: beyond the bound the oldest are dropped and counted.

/** The most events that wait. */
export const eventQueueLimit = 65_536;

/** Options of a queue. */
interface EventQueueOptions {
  readonly signal?: AbortSignal;
  /** Called once at the end; from the constructor if the signal has aborted. */
  readonly ended?: () => void;
}

/** Yields each pushed event once, in order. */
export class EventQueue<Event> implements AsyncIterableIterator<Event> {
  dropped = 0;
  readonly #options: EventQueueOptions;
  #items: (Event | undefined)[] = [];
  #head = 0;
  #isEnded = false;
  readonly #waiting: (() => void)[] = [];
  readonly #abort = (): void => this.end();

  constructor(options: EventQueueOptions = {}) {
    this.#options = options;
    if (options.signal?.aborted === true) this.end();
    else options.signal?.addEventListener("abort", this.#abort, { once: true });
  }

  /** Places in memory, at most twice the limit. */
  get held(): number {
    return this.#items.length;
  }

  /** Ignored after the end. */
  push(event: Event): void {
    if (this.#isEnded) return;
    if (this.#items.length - this.#head >= eventQueueLimit) {
      this.#take();
      this.dropped++;
    }
    this.#items.push(event);
    this.#waiting.shift()?.();
  }

  /** Waiting events are still yielded. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#options.signal?.removeEventListener("abort", this.#abort);
    this.#options.ended?.();
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async next(): Promise<IteratorResult<Event>> {
    while (this.#head >= this.#items.length) {
      if (this.#isEnded) return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    return { done: false, value: this.#take() as Event };
  }

  return(): Promise<IteratorResult<Event>> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(): Event | undefined {
    const event = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    // Dropped events must not fill the memory of a loop that never comes.
    if (this.#head * 2 >= this.#items.length) {
      this.#items.splice(0, this.#head);
      this.#head = 0;
    }
    return event;
  }
}
