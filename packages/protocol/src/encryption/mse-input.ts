/** The bytes of a handshake that came and are not read yet. */
export class MseInput {
  /** Room for the longest pad and what is looked for behind it; a chunk is taken in pieces. */
  readonly #bytes = new Uint8Array(1_024);
  #begin = 0;
  #end = 0;

  /** Bytes that wait. */
  get waitingBytes(): number {
    return this.#end - this.#begin;
  }

  /** Copies as many bytes as there is room for. @returns Their number, 1 or more while the reader reads what it can. */
  push(chunk: Uint8Array): number {
    this.#bytes.copyWithin(0, this.#begin, this.#end);
    this.#end -= this.#begin;
    this.#begin = 0;
    const takenBytes = Math.min(chunk.length, this.#bytes.length - this.#end);
    this.#bytes.set(chunk.subarray(0, takenBytes), this.#end);
    this.#end += takenBytes;
    return takenBytes;
  }

  /** @returns The next bytes, lent until the next `push`; undefined until so many have come. */
  take(lengthBytes: number): Uint8Array | undefined {
    if (this.waitingBytes < lengthBytes) return undefined;
    const taken = this.#bytes.subarray(this.#begin, this.#begin + lengthBytes);
    this.#begin += lengthBytes;
    return taken;
  }

  /**
   * Drops the bytes up to a mark, and the mark.
   * @param mostBefore Bytes that may be before it.
   */
  skipPast(mark: Uint8Array, mostBefore: number): "found" | "missing" | "more" {
    const waiting = Buffer.from(this.#bytes.buffer, this.#begin, this.waitingBytes);
    const at = waiting.indexOf(mark);
    if (at > mostBefore) return "missing";
    if (at >= 0) {
      this.#begin += at + mark.length;
      return "found";
    }
    return waiting.length >= mostBefore + mark.length ? "missing" : "more";
  }
}
