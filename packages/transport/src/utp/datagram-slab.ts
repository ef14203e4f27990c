const slabBytes = 65_536;

/**
 * Memory for datagrams. A socket owns what it sends until the system has taken it, which may be later than the call; so
 * no byte of the memory is given twice.
 */
export class DatagramSlab {
  #slab = new Uint8Array(slabBytes);
  #usedBytes = 0;

  /** @param lengthBytes At most 64 KiB. */
  take(lengthBytes: number): Uint8Array {
    if (this.#usedBytes + lengthBytes > slabBytes) {
      this.#slab = new Uint8Array(slabBytes);
      this.#usedBytes = 0;
    }
    const begin = this.#usedBytes;
    this.#usedBytes += lengthBytes;
    return this.#slab.subarray(begin, this.#usedBytes);
  }
}
