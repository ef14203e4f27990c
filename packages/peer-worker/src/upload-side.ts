// What one peer has asked of us and not got yet: a ring of requests, without an object a request.

import { blockLengthBytes } from "@troupe/protocol";

import { maxBatchBlocks, maxRequestsIn } from "./limits.ts";

const firstCapacity = 16;
/** A batch that the peer took more slowly than this was large enough, and too large above the next. */
const quickBatchMs = 1_000;
const slowBatchMs = 4_000;

/** Requests of one peer, and how large a batch it reads on. */
export class UploadSide {
  /** Batches being read from disk or sent. */
  batchesOut = 0;
  /** When the peer last took a whole batch, or the first one was queued for it. */
  lastTakenAtMs = 0;
  #pieces = new Uint32Array(firstCapacity);
  #begins = new Uint32Array(firstCapacity);
  #lengths = new Uint16Array(firstCapacity);
  #mask: number = firstCapacity - 1;
  #first = 0;
  #length = 0;
  #batchLimit = 1;
  /** Where a request would go on after the last batch, as a place in its piece. */
  #nextPiece = -1;
  #nextBegin = -1;

  /** Requests that wait. */
  get length(): number {
    return this.#length;
  }

  get piece(): number {
    return this.#pieces[this.#first] ?? 0;
  }

  get begin(): number {
    return this.#begins[this.#first] ?? 0;
  }

  /** Payload bytes of the first `requests` that wait. */
  lengthBytes(requests: number): number {
    let bytes = 0;
    for (let i = 0; i < requests; i++) bytes += this.#lengths[(this.#first + i) & this.#mask] ?? 0;
    return bytes;
  }

  /** @param lengthBytes 1 to 16,384. @returns False when the queue is full. */
  push(piece: number, begin: number, lengthBytes: number): boolean {
    if (this.#length === maxRequestsIn) return false;
    if (this.#length > this.#mask) this.#grow();
    this.#set(this.#length++, piece, begin, lengthBytes);
    return true;
  }

  /** Puts requests that could not be served for now back in front: whole blocks, but for the last. */
  putBack(piece: number, begin: number, lengthBytes: number): void {
    let at = begin + lengthBytes;
    while (at > begin) {
      const blockBegin = begin + blockLengthBytes * Math.floor((at - 1 - begin) / blockLengthBytes);
      if (this.#length > this.#mask) this.#grow();
      this.#first = (this.#first - 1) & this.#mask;
      this.#length++;
      this.#set(0, piece, blockBegin, at - blockBegin);
      at = blockBegin;
    }
  }

  /** @returns Whether the request was waiting; it is not any more. */
  cancel(piece: number, begin: number, lengthBytes: number): boolean {
    for (let index = 0; index < this.#length; index++) {
      const at = (this.#first + index) & this.#mask;
      if (this.#begins[at] !== begin || this.#pieces[at] !== piece) continue;
      if (this.#lengths[at] !== lengthBytes) continue;
      this.#removeAt(index);
      return true;
    }
    return false;
  }

  /** Whether one that waits is for such a piece. */
  some(isSuch: (piece: number) => boolean): boolean {
    for (let index = 0; index < this.#length; index++) {
      if (isSuch(this.#pieces[(this.#first + index) & this.#mask] ?? 0)) return true;
    }
    return false;
  }

  clear(): void {
    this.#length = 0;
  }

  /**
   * How many of the first requests go into one batch: whole blocks of one piece in a row, the last of them may be
   * shorter. While the peer goes on asking in order, and takes it quickly, the limit doubles.
   */
  nextBatch(): number {
    if (this.piece !== this.#nextPiece || this.begin !== this.#nextBegin) this.#batchLimit = 1;
    const most = Math.min(this.#batchLimit, this.#length);
    let count = 1;
    while (count < most && this.#goesOn(count)) count++;
    return count;
  }

  /** Removes a batch from the front. */
  take(requests: number, pieceLengthBytes: number): void {
    const end = this.begin + this.lengthBytes(requests);
    const isPieceDone = end === pieceLengthBytes;
    this.#nextPiece = isPieceDone ? this.piece + 1 : this.piece;
    this.#nextBegin = isPieceDone ? 0 : end;
    this.#first = (this.#first + requests) & this.#mask;
    this.#length -= requests;
  }

  /** The peer has taken a batch. @param tookMs From its write on. */
  batchTaken(tookMs: number): void {
    if (tookMs < quickBatchMs) this.#batchLimit = Math.min(maxBatchBlocks, 2 * this.#batchLimit);
    else if (tookMs > slowBatchMs) this.#batchLimit = Math.max(1, this.#batchLimit >> 1);
  }

  #goesOn(index: number): boolean {
    const at = (this.#first + index) & this.#mask;
    const before = (at - 1) & this.#mask;
    return (
      this.#pieces[at] === this.#pieces[before] &&
      this.#lengths[before] === blockLengthBytes &&
      this.#begins[at] === (this.#begins[before] ?? 0) + blockLengthBytes
    );
  }

  #set(index: number, piece: number, begin: number, lengthBytes: number): void {
    const at = (this.#first + index) & this.#mask;
    this.#pieces[at] = piece;
    this.#begins[at] = begin;
    this.#lengths[at] = lengthBytes;
  }

  #removeAt(index: number): void {
    for (let i = index; i > 0; i--) {
      const from = (this.#first + i - 1) & this.#mask;
      this.#set(i, this.#pieces[from] ?? 0, this.#begins[from] ?? 0, this.#lengths[from] ?? 0);
    }
    this.#first = (this.#first + 1) & this.#mask;
    this.#length--;
  }

  #grow(): void {
    const capacity = 2 * this.#pieces.length;
    this.#pieces = unrolled(this.#pieces, new Uint32Array(capacity), this.#first);
    this.#begins = unrolled(this.#begins, new Uint32Array(capacity), this.#first);
    this.#lengths = unrolled(this.#lengths, new Uint16Array(capacity), this.#first);
    this.#first = 0;
    this.#mask = capacity - 1;
  }
}

function unrolled<Numbers extends Uint16Array | Uint32Array>(
  ring: Numbers,
  larger: Numbers,
  first: number,
): Numbers {
  larger.set(ring.subarray(first), 0);
  larger.set(ring.subarray(0, first), ring.length - first);
  return larger;
}
