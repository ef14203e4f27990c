// Bytes of one message that came in several chunks.

const smallestBytes = 512;

/**
 * Collects up to a stated number of bytes. Memory grows with what has arrived, not with what was promised: a peer that
 * announces 64 KiB and sends one byte costs 512.
 */
export class GatherBuffer {
  #bytes: Uint8Array = new Uint8Array(0);
  #lengthBytes = 0;

  /** Bytes held. */
  get lengthBytes(): number {
    return this.#lengthBytes;
  }

  /** Copies `source[start … end)` behind what is held. @param promisedBytes What the message will have in all. */
  append(source: Uint8Array, start: number, end: number, promisedBytes: number): void {
    const neededBytes = this.#lengthBytes + (end - start);
    if (neededBytes > this.#bytes.length) this.#grow(neededBytes, promisedBytes);
    this.#bytes.set(source.subarray(start, end), this.#lengthBytes);
    this.#lengthBytes = neededBytes;
  }

  /** @returns What is held. The buffer is empty afterwards, and the memory is the caller's. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#lengthBytes);
    this.#bytes = new Uint8Array(0);
    this.#lengthBytes = 0;
    return taken;
  }

  #grow(neededBytes: number, promisedBytes: number): void {
    const capacity = Math.min(
      Math.max(neededBytes, 2 * this.#bytes.length, smallestBytes),
      Math.max(neededBytes, promisedBytes),
    );
    const grown = new Uint8Array(capacity);
    grown.set(this.#bytes.subarray(0, this.#lengthBytes));
    this.#bytes = grown;
  }
}
