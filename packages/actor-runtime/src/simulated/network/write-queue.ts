/** The stream owns the memory until it calls `written`. */
interface Write {
  readonly bytes: Uint8Array;
  readonly written: (() => void) | undefined;
  sentBytes: number;
}

/** Queued bytes, with the ends of writes. */
export class WriteQueue {
  readonly #writes: Write[] = [];
  #queuedBytes = 0;
  #takenBytes = 0;

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** So far. */
  get takenBytes(): number {
    return this.#takenBytes;
  }

  add(bytes: Uint8Array, written: (() => void) | undefined): void {
    this.#writes.push({ bytes, written, sentBytes: 0 });
    this.#queuedBytes += bytes.byteLength;
  }

  /** @returns A copy, and the callbacks of the writes that end in it. */
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
    this.#takenBytes += chunk.byteLength;
    return { chunk, written };
  }

  /** @returns the callbacks that return the memory. */
  clear(): (() => void)[] {
    const written = this.#writes.flatMap((write) => write.written ?? []);
    this.#writes.length = 0;
    this.#queuedBytes = 0;
    return written;
  }
}
