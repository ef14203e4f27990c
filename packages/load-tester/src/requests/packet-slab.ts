const slabBytes = 65_536;

/** Memory for datagrams: a socket owns what it sends, and an allocation for each would cost more than the sending. */
export class PacketSlab {
  #slab = new Uint8Array(slabBytes);
  #usedBytes = 0;

  /** @param lengthBytes At most 64 KiB. @returns Memory that is not given again. */
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
