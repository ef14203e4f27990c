import { blockHeaderBytes, blockLengthBytes } from "@troupe/protocol";

import { maxBatchBlocks, maxBatchesOut, minBatchesOut } from "../limits.ts";
import { RequestList, noPlace } from "./request-list.ts";
import type { MemoryBudget } from "../memory/memory-budget.ts";

/** Bytes of a block in a batch: an extent of 2ⁿ of them holds 2ⁿ blocks with headers. */
export const wireBlockBytes: number = blockHeaderBytes + blockLengthBytes;

/** Batches grow up to the first time and shrink above the second. */
const quickBatchMs = 1_000;
const slowBatchMs = 4_000;

/** Unserved requests of a peer, and its batch limit. */
export class UploadQueue {
  /** Batches being read from disk or sent. */
  batchesOut = 0;
  /** The requests in these batches. */
  requestsOut = 0;
  /** When the peer last took a batch, or its first batch was queued. */
  lastTakenAtMs = 0;
  readonly #requests: RequestList;
  #batchLimit = 1;
  /** Half of the blocks that may be out. It changes as the batch limit does, but for requests in any order. */
  #pace = 1;
  /** The request that would continue the last batch. */
  #nextPiece = -1;
  #nextBegin = -1;

  constructor(memory: MemoryBudget) {
    this.#requests = new RequestList(memory);
  }

  get length(): number {
    return this.#requests.length;
  }

  get piece(): number {
    return this.#requests.piece(this.#requests.first);
  }

  get begin(): number {
    return this.#requests.begin(this.#requests.first);
  }

  /**
   * Whether another batch may be read. Short batches, of small pieces or of blocks in any order, are sent faster than the
   * next one is read: a quick peer has as many blocks out as in two long batches. A short queue does not count: its
   * requests become a longer batch.
   */
  get hasRoom(): boolean {
    if (this.batchesOut < minBatchesOut) return true;
    const limit = this.#batchLimit;
    if (this.batchesOut >= maxBatchesOut || this.length < limit) return false;
    return this.requestsOut + limit <= 2 * this.#pace;
  }

  /** Payload bytes of the first `requests` queued requests. */
  lengthBytes(requests: number): number {
    let bytes = 0;
    let place = this.#requests.first;
    for (let i = 0; i < requests; i++) {
      bytes += this.#requests.lengthBytes(place);
      place = this.#requests.next(place);
    }
    return bytes;
  }

  /** @param lengthBytes 1 to 16,384. @returns False without memory for it. */
  push(piece: number, begin: number, lengthBytes: number): boolean {
    return this.#requests.append(piece, begin, lengthBytes);
  }

  /** Puts unserved requests back in front: whole blocks, except the last. */
  putBack(piece: number, begin: number, lengthBytes: number): void {
    let at = begin + lengthBytes;
    while (at > begin) {
      const blockBegin = begin + blockLengthBytes * Math.floor((at - 1 - begin) / blockLengthBytes);
      this.#requests.prepend(piece, blockBegin, at - blockBegin);
      at = blockBegin;
    }
  }

  /** @returns Whether the request was queued; it is removed. */
  cancel(piece: number, begin: number, lengthBytes: number): boolean {
    return this.#requests.remove(piece, begin, lengthBytes);
  }

  /** Removes the requests of such pieces. @param dropped Called with each. */
  dropSome(
    mustGo: (piece: number) => boolean,
    dropped: (piece: number, begin: number, lengthBytes: number) => void,
  ): void {
    const requests = this.#requests;
    for (let place = requests.first; place !== noPlace;) {
      const next = requests.next(place);
      const piece = requests.piece(place);
      if (mustGo(piece)) {
        dropped(piece, requests.begin(place), requests.lengthBytes(place));
        requests.removeAt(place);
      }
      place = next;
    }
  }

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
   * Consecutive whole blocks of a piece; the last may be shorter. The limit doubles while the peer requests
   * in order and takes batches quickly.
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

  takeBatch(requests: number, pieceLengthBytes: number): void {
    const end = this.begin + this.lengthBytes(requests);
    const isPieceDone = end === pieceLengthBytes;
    this.#nextPiece = isPieceDone ? this.piece + 1 : this.piece;
    this.#nextBegin = isPieceDone ? 0 : end;
    for (let i = 0; i < requests; i++) this.#requests.removeFirst();
  }

  /** @param tookMs From its write on. */
  batchTaken(tookMs: number): void {
    this.#batchLimit = blocksAfter(tookMs, this.#batchLimit);
    this.#pace = blocksAfter(tookMs, this.#pace);
  }

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

/** Twice the blocks after a quick batch, half of them after a slow one. */
function blocksAfter(tookMs: number, blocks: number): number {
  if (tookMs < quickBatchMs) return Math.min(maxBatchBlocks, 2 * blocks);
  return tookMs > slowBatchMs ? Math.max(1, blocks >> 1) : blocks;
}
