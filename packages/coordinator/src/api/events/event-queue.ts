// Events for a `for await` loop that may be slower than they come: bounded, the oldest are dropped and counted.

/** Events that wait for a slow loop. */
export const eventQueueLimit = 65_536;

/** When a queue ends by itself, and who is to know. */
export interface EventQueueOptions {
  readonly signal?: AbortSignal;
  /** Called once when the queue ends, whoever ends it; also from the constructor, when the signal is aborted. */
  readonly ended?: () => void;
}

/** What is pushed is yielded once, in order, to whoever asks first. */
export class EventQueue<Event> implements AsyncIterableIterator<Event> {
  /** Events dropped at the bound. */
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

  /** Places in memory: at most twice the limit. */
  get held(): number {
    return this.#items.length;
  }

  /** Dropped silently after the end. */
  push(event: Event): void {
    if (this.#isEnded) return;
    if (this.#items.length - this.#head >= eventQueueLimit) {
      this.#take();
      this.dropped++;
    }
    this.#items.push(event);
    this.#waiting.shift()?.();
  }

  /** What waits is still yielded; then the loop ends. */
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
    // The front is given back once it is as long as what waits: a loop that never comes must not keep what was dropped.
    if (this.#head * 2 >= this.#items.length) {
      this.#items.splice(0, this.#head);
      this.#head = 0;
    }
    return event;
  }
}
