// Events for a `for await` loop that may be slower than they come: bounded, the oldest are dropped and counted.

export const eventQueueLimit = 65_536;

export class EventQueue<Event> implements AsyncIterableIterator<Event> {
  /** Called once when the queue ends, whoever ends it. */
  ended: () => void = () => undefined;
  /** Events dropped at the bound. */
  dropped = 0;
  #items: Event[] = [];
  #head = 0;
  #isEnded = false;
  #wake: (() => void) | undefined;

  constructor(signal?: AbortSignal) {
    if (signal?.aborted === true) this.#isEnded = true;
    signal?.addEventListener("abort", () => this.end(), { once: true });
  }

  push(event: Event): void {
    if (this.#isEnded) return;
    if (this.#items.length - this.#head >= eventQueueLimit) {
      this.#head++;
      this.dropped++;
    }
    this.#items.push(event);
    this.#wake?.();
  }

  /** What waits is still yielded; then the loop ends. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.ended();
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<Event>> {
    while (this.#head >= this.#items.length) {
      this.#items = [];
      this.#head = 0;
      if (this.#isEnded) return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    const value = this.#items[this.#head++] as Event;
    if (this.#head > 4096 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return { done: false, value };
  }

  async return(): Promise<IteratorResult<Event>> {
    this.end();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
