// A connection in memory: what the worker writes is kept, what the test sends is handed over at once.

import type { Address, Stream, StreamHandlers } from "@troupe/actor-runtime";

/** The worker's end of a connection. Writes are taken at once unless `isReading` is false. */
export class FakeStream implements Stream {
  readonly remote: Address;
  readonly local: Address = { host: "192.0.2.1", port: 6_881 };
  handlers: StreamHandlers | undefined;
  isPaused = false;
  isClosed = false;
  /** False: the other side does not read, and what is written stays queued. */
  isReading = true;
  /** Set for a stream over uTP. */
  isHeldBack: boolean | undefined;
  queuedBytes = 0;
  takenBytes = 0;
  /** Bytes that the worker was given. */
  arrivedBytes = 0;
  /** Writes so far. */
  writes = 0;
  readonly #later: (task: () => void) => void;
  readonly #unread: Uint8Array[] = [];
  #taken: Uint8Array[] = [];
  #untaken: { readonly bytes: Uint8Array; readonly written: (() => void) | undefined }[] = [];

  /** @param later Runs a task in a later turn. */
  constructor(remote: Address, later: (task: () => void) => void) {
    this.remote = remote;
    this.#later = later;
  }

  write(bytes: Uint8Array, written?: () => void): boolean {
    if (this.isClosed) {
      if (written !== undefined) this.#later(written);
      return true;
    }
    this.writes++;
    this.queuedBytes += bytes.length;
    this.#untaken.push({ bytes, written });
    if (this.isReading) this.read();
    return this.queuedBytes === 0;
  }

  /** The other side reads what is queued, up to so many writes. */
  read(writes = Infinity): void {
    for (let i = 0; i < writes; i++) {
      const next = this.#untaken.shift();
      if (next === undefined) return;
      this.queuedBytes -= next.bytes.length;
      this.takenBytes += next.bytes.length;
      this.#taken.push(next.bytes.slice());
      if (next.written !== undefined) this.#later(next.written);
    }
  }

  /** @returns What the other side has read since it was last asked. */
  takeSent(): Uint8Array {
    const taken = this.#taken;
    this.#taken = [];
    const all = new Uint8Array(taken.reduce((sum, bytes) => sum + bytes.length, 0));
    let at = 0;
    for (const bytes of taken) {
      all.set(bytes, at);
      at += bytes.length;
    }
    return all;
  }

  /** The other side sends: handed over in memory that is overwritten afterwards, as in production. Waits while paused. */
  arrive(bytes: Uint8Array): void {
    if (this.isClosed) return;
    if (this.isPaused) {
      this.#unread.push(bytes.slice());
      return;
    }
    this.arrivedBytes += bytes.length;
    const lent = bytes.slice();
    this.handlers?.bytes(this, lent);
    lent.fill(0xee);
  }

  /** The other side closes. */
  hangUp(reason?: string): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#release();
    this.handlers?.closed(this, reason);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    while (!this.isPaused) {
      const next = this.#unread.shift();
      if (next === undefined) return;
      this.arrive(next);
    }
  }

  end(): void {
    this.destroy();
  }

  reset(): void {
    this.destroy();
  }

  destroy(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#release();
    this.#later(() => this.handlers?.closed(this, undefined));
  }

  #release(): void {
    const untaken = this.#untaken;
    this.#untaken = [];
    this.queuedBytes = 0;
    for (const { written } of untaken) if (written !== undefined) this.#later(written);
  }
}
