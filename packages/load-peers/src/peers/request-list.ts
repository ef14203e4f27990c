// Requests under way on one connection, in the order in which they were sent: one array, because ten thousand peers have one.

const fields = 5;
const firstRequests = 8;

/** A list of requests; answers mostly come in order. */
export class RequestList {
  #values = new Float64Array(firstRequests * fields);
  /** Index of the first value. */
  #from = 0;
  #to = 0;
  /** Fields of the request that was removed last. */
  takenPiece = 0;
  takenBegin = 0;
  takenLengthBytes = 0;
  takenMs = 0;
  takenSentMs = 0;

  get count(): number {
    return (this.#to - this.#from) / fields;
  }

  /** Length of the oldest request; 0 for an empty list. */
  get firstLengthBytes(): number {
    return this.#from === this.#to ? 0 : (this.#values[this.#from + 2] ?? 0);
  }

  /** Send time of the oldest request, which was sent first; Infinity for an empty list. */
  get firstSentMs(): number {
    return this.#from === this.#to ? Infinity : (this.#values[this.#from + 4] ?? 0);
  }

  /** @param atMs Kept with the request. @param sentMs Kept too. */
  add(piece: number, begin: number, lengthBytes: number, atMs: number, sentMs = atMs): void {
    if (this.#to === this.#values.length) this.#makeRoom();
    const at = this.#to;
    this.#values[at] = piece;
    this.#values[at + 1] = begin;
    this.#values[at + 2] = lengthBytes;
    this.#values[at + 3] = atMs;
    this.#values[at + 4] = sentMs;
    this.#to += fields;
  }

  /** Removes the request of a block. @returns Whether it was there; its values are in the fields. */
  take(piece: number, begin: number): boolean {
    const values = this.#values;
    for (let at = this.#from; at < this.#to; at += fields) {
      if (values[at] !== piece || values[at + 1] !== begin) continue;
      this.#remove(at);
      return true;
    }
    return false;
  }

  /** Removes the oldest request. @returns Whether there was one; its values are in the fields. */
  takeFirst(): boolean {
    if (this.#from === this.#to) return false;
    this.#remove(this.#from);
    return true;
  }

  clear(): void {
    this.#from = this.#to = 0;
  }

  #remove(at: number): void {
    const values = this.#values;
    this.takenPiece = values[at] ?? 0;
    this.takenBegin = values[at + 1] ?? 0;
    this.takenLengthBytes = values[at + 2] ?? 0;
    this.takenMs = values[at + 3] ?? 0;
    this.takenSentMs = values[at + 4] ?? 0;
    if (at > this.#from) values.copyWithin(this.#from + fields, this.#from, at);
    this.#from += fields;
    if (this.#from === this.#to) this.#from = this.#to = 0;
  }

  #makeRoom(): void {
    if (this.#from > 0) {
      this.#values.copyWithin(0, this.#from, this.#to);
      this.#to -= this.#from;
      this.#from = 0;
      return;
    }
    const larger = new Float64Array(2 * this.#values.length);
    larger.set(this.#values);
    this.#values = larger;
  }
}
