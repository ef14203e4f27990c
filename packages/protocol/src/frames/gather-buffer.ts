const smallestBytes = 512;
/** Shared array of all empty buffers. */
const noBytes = new Uint8Array(0);

/**
 * Collects a message of several chunks. Memory grows with the bytes received, not announced: a peer that announces 64
 * KiB and sends a byte costs 512.
 */
export class GatherBuffer {
  #bytes: Uint8Array = noBytes;
  #lengthBytes = 0;

  get lengthBytes(): number {
    return this.#lengthBytes;
  }

  /** @param promisedBytes Length of the whole message. */
  append(source: Uint8Array, start: number, end: number, promisedBytes: number): void {
    const neededBytes = this.#lengthBytes + (end - start);
    if (neededBytes > this.#bytes.length) this.#grow(neededBytes, promisedBytes);
    this.#bytes.set(source.subarray(start, end), this.#lengthBytes);
    this.#lengthBytes = neededBytes;
  }

  /** @returns The bytes, in memory of the caller, and empties the buffer. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#lengthBytes);
    this.#bytes = noBytes;
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
