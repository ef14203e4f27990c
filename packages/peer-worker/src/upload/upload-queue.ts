// What one peer has asked of us and not got yet, and how much of it goes out at a time.

import { blockLengthBytes } from "@troupe/protocol";

import { maxBatchBlocks } from "../limits.ts";
import { RequestList, noPlace } from "./request-list.ts";
import type { RequestMemory } from "./request-memory.ts";

/** A batch that the peer took more slowly than this was large enough, and too large above the next. */
const quickBatchMs = 1_000;
const slowBatchMs = 4_000;

/** Requests of one peer, and how large a batch it reads on. */
export class UploadQueue {
  /** Batches being read from disk or sent. */
  batchesOut = 0;
  /** The requests in them. */
  requestsOut = 0;
  /** When the peer last took a whole batch, or the first one was queued for it. */
  lastTakenAtMs = 0;
  readonly #requests: RequestList;
  #batchLimit = 1;
  /** Where a request would go on after the last batch, as a place in its piece. */
  #nextPiece = -1;
  #nextBegin = -1;

  /** @param memory Counts what the waiting requests take. */
  constructor(memory: RequestMemory) {
    this.#requests = new RequestList(memory);
  }

  /** Requests that wait. */
  get length(): number {
    return this.#requests.length;
  }

  get piece(): number {
    return this.#requests.piece(this.#requests.first);
  }

  get begin(): number {
    return this.#requests.begin(this.#requests.first);
  }

  /** Payload bytes of the first `requests` that wait. */
  lengthBytes(requests: number): number {
    let bytes = 0;
    let place = this.#requests.first;
    for (let i = 0; i < requests; i++) {
      bytes += this.#requests.lengthBytes(place);
      place = this.#requests.next(place);
    }
    return bytes;
  }

  /** @param lengthBytes 1 to 16,384. @returns False when there is no memory for it. */
  push(piece: number, begin: number, lengthBytes: number): boolean {
    return this.#requests.append(piece, begin, lengthBytes);
  }

  /** Puts requests that could not be served for now back in front: whole blocks, but for the last. */
  putBack(piece: number, begin: number, lengthBytes: number): void {
    let at = begin + lengthBytes;
    while (at > begin) {
      const blockBegin = begin + blockLengthBytes * Math.floor((at - 1 - begin) / blockLengthBytes);
      this.#requests.prepend(piece, blockBegin, at - blockBegin);
      at = blockBegin;
    }
  }

  /** @returns Whether the request was waiting; it is not any more. */
  cancel(piece: number, begin: number, lengthBytes: number): boolean {
    return this.#requests.remove(piece, begin, lengthBytes);
  }

  /** Whether one that waits is for such a piece. */
  some(isSuch: (piece: number) => boolean): boolean {
    const requests = this.#requests;
    for (let place = requests.first; place !== noPlace; place = requests.next(place)) {
      if (isSuch(requests.piece(place))) return true;
    }
    return false;
  }

  clear(): void {
    this.#requests.clear();
  }

  /**
   * How many of the first requests go into one batch: whole blocks of one piece in a row, the last of them may be
   * shorter. While the peer goes on asking in order, and takes it quickly, the limit doubles.
   */
  chooseBatch(): number {
    if (this.piece !== this.#nextPiece || this.begin !== this.#nextBegin) this.#batchLimit = 1;
    const limit = Math.min(this.#batchLimit, this.#requests.length);
    let count = 1;
    let last = this.#requests.first;
    while (count < limit && this.#isNextBlock(last)) {
      last = this.#requests.next(last);
      count++;
    }
    return count;
  }

  /** Removes a batch from the front. */
  takeBatch(requests: number, pieceLengthBytes: number): void {
    const end = this.begin + this.lengthBytes(requests);
    const isPieceDone = end === pieceLengthBytes;
    this.#nextPiece = isPieceDone ? this.piece + 1 : this.piece;
    this.#nextBegin = isPieceDone ? 0 : end;
    for (let i = 0; i < requests; i++) this.#requests.removeFirst();
  }

  /** The peer has taken a batch. @param tookMs From its write on. */
  batchTaken(tookMs: number): void {
    if (tookMs < quickBatchMs) this.#batchLimit = Math.min(maxBatchBlocks, 2 * this.#batchLimit);
    else if (tookMs > slowBatchMs) this.#batchLimit = Math.max(1, this.#batchLimit >> 1);
  }

  /** Whether the next request is for the block behind this whole one. */
  #isNextBlock(place: number): boolean {
    const requests = this.#requests;
    const next = requests.next(place);
    return (
      requests.piece(next) === requests.piece(place) &&
      requests.lengthBytes(place) === blockLengthBytes &&
      requests.begin(next) === requests.begin(place) + blockLengthBytes
    );
  }
}
