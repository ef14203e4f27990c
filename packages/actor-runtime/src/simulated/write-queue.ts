// What a stream was given to write and has not sent yet.

/** One write. Its memory is the stream's until `written` is called. */
interface Write {
  readonly bytes: Uint8Array;
  readonly written: (() => void) | undefined;
  sentBytes: number;
}

/** A first-in first-out queue of bytes that remembers where writes end. */
export class WriteQueue {
  readonly #writes: Write[] = [];
  #queuedBytes = 0;

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  add(bytes: Uint8Array, written: (() => void) | undefined): void {
    this.#writes.push({ bytes, written, sentBytes: 0 });
    this.#queuedBytes += bytes.byteLength;
  }

  /**
   * Takes the first `lengthBytes` (all there is, at most) as a copy.
   * @returns The copy, and what to call when it has left: the writes that end in it.
   */
  take(lengthBytes: number): { readonly chunk: Uint8Array; readonly written: (() => void)[] } {
    const chunk = new Uint8Array(Math.min(lengthBytes, this.#queuedBytes));
    const written: (() => void)[] = [];
    let filledBytes = 0;
    for (;;) {
      const [first] = this.#writes;
      if (first === undefined) break;
      const { bytes, sentBytes } = first;
      const part = bytes.subarray(sentBytes, sentBytes + chunk.byteLength - filledBytes);
      chunk.set(part, filledBytes);
      filledBytes += part.byteLength;
      first.sentBytes += part.byteLength;
      if (first.sentBytes < bytes.byteLength) break;
      this.#writes.shift();
      if (first.written !== undefined) written.push(first.written);
    }
    this.#queuedBytes -= chunk.byteLength;
    return { chunk, written };
  }

  /** Drops everything. @returns what to call: the memory is its owner's again. */
  clear(): (() => void)[] {
    const written = this.#writes.flatMap((write) => write.written ?? []);
    this.#writes.length = 0;
    this.#queuedBytes = 0;
    return written;
  }
}
