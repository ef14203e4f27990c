import type { ResponseSink } from "../../src/routes/route.ts";

/** An event as a reader gets it. */
export interface ReadEvent {
  readonly id: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A client that takes what was written only when a test says so. */
export class SlowSink implements ResponseSink {
  /** Bytes that waited at most. */
  mostWaitingBytes = 0;
  /** The texts that the client has taken. */
  readonly taken: string[] = [];
  #waiting: string[] = [];
  #drained: (() => void)[] = [];
  #closed: (() => void)[] = [];

  get waitingBytes(): number {
    return this.#waiting.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  }

  write(text: string): void {
    this.#waiting.push(text);
    this.mostWaitingBytes = Math.max(this.mostWaitingBytes, this.waitingBytes);
  }

  end(): void {
    this.close();
  }

  whenDrained(listener: () => void): void {
    this.#drained.push(listener);
  }

  whenClosed(listener: () => void): void {
    this.#closed.push(listener);
  }

  /** The client takes all that waits. */
  take(): void {
    this.taken.push(...this.#waiting);
    this.#waiting = [];
    const listeners = this.#drained;
    this.#drained = [];
    for (const listener of listeners) listener();
  }

  /** The client takes until nothing waits. @returns The events that it got since the last call. */
  read(): ReadEvent[] {
    while (this.#waiting.length > 0) this.take();
    const texts = this.taken.splice(0);
    return texts.join("").split("\n\n").flatMap(eventIn);
  }

  close(): void {
    for (const listener of this.#closed) listener();
  }
}

/** No event: comments, and the time after which a reader connects again. */
function eventIn(text: string): ReadEvent[] {
  const fields = new Map(
    text.split("\n").map((line): [string, string] => {
      const colon = line.indexOf(": ");
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  const [id, event, data] = ["id", "event", "data"].map((name) => fields.get(name));
  if (id === undefined || event === undefined || data === undefined) return [];
  return [{ id, event, data: JSON.parse(data) as ReadEvent["data"] }];
}
