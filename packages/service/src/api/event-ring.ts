// The last events of the service, so that a reader who was away gets those that it missed.

/** Events that are kept. A reader that has missed more begins anew. */
const mostEvents = 10_000;
/** Bytes of all kept events; the oldest are dropped. */
const mostRingBytes = 8 * 1_024 ** 2;
/** Longer data is left out: `{"leftOutBytes": n}`. */
const mostDataBytes = 32 * 1_024;

/** An event. */
interface RingEvent {
  /** The first is 1. */
  readonly number: number;
  /** The name of the event in the stream. */
  readonly kind: string;
  /** JSON, 32 KiB at most. */
  readonly data: string;
}

/** The last events of an incarnation of the actor `http`. */
export class EventRing {
  /** Differs from that of every other start of the actor: lower-case letters and digits, 32 at most. */
  readonly incarnation: string;
  /** The oldest first, without a gap in their numbers. */
  readonly #events: RingEvent[] = [];
  readonly #listeners = new Set<() => void>();
  #bytes = 0;
  #last = 0;

  constructor(incarnation: string) {
    if (!/^[0-9a-z]{1,32}$/.test(incarnation)) throw new Error(`bug: incarnation ${incarnation}`);
    this.incarnation = incarnation;
  }

  /** The number of the last event; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /**
   * Keeps an event, and passes it on to all readers.
   *
   * @param kind Lower-case letters and `-`; not `rows` or `reset`.
   * @param data Plain data. Every caller with the right `read` sees it: its URLs are masked already.
   */
  push(kind: string, data: object): void {
    if (!/^[a-z][a-z-]*$/.test(kind)) throw new Error(`bug: an event of the kind ${kind}`);
    const text = boundedText(data);
    this.#events.push({ number: ++this.#last, kind, data: text });
    this.#bytes += Buffer.byteLength(text);
    while (this.#events.length > mostEvents || this.#bytes > mostRingBytes)
      this.#bytes -= Buffer.byteLength(this.#events.shift()?.data ?? "");
    for (const listener of this.#listeners) listener();
  }

  /** Events were lost before they came: every reader begins anew. */
  forget(): void {
    this.#events.length = 0;
    this.#bytes = 0;
    this.#last++;
  }

  /** Whether all events after a number are kept. */
  hasAllAfter(number: number): boolean {
    return number <= this.#last && number >= this.#last - this.#events.length;
  }

  /** The event after that of a number, if it is kept. */
  after(number: number): RingEvent | undefined {
    return this.#events[number - this.#last + this.#events.length];
  }

  /** Calls `listener` after each event. @returns Ends it. */
  onPush(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

function boundedText(data: object): string {
  const text = JSON.stringify(data);
  const lengthBytes = Buffer.byteLength(text);
  return lengthBytes > mostDataBytes ? JSON.stringify({ leftOutBytes: lengthBytes }) : text;
}
