import type { Stream } from "@troupe/actor-runtime";
import { blockHeaderBytes } from "@troupe/protocol/peer";
import { blockLengthBytes } from "@troupe/protocol/units";

import { maxBatchBlocks, maxBatchesOut } from "../limits.ts";
import { RateMeter } from "../rate-meter.ts";
import { RequestList, noPlace } from "./request-list.ts";
import type { MemoryBudget } from "../memory/memory-budget.ts";

/** Bytes of a block in a batch: an extent of 2ⁿ of them holds 2ⁿ blocks with headers. */
export const wireBlockBytes: number = blockHeaderBytes + blockLengthBytes;

/** Batches grow up to the first time and shrink above the second. */
const quickBatchMs = 1_000;
const slowBatchMs = 4_000;

/** Tells the pieces whose blocks may be read. */
export interface ReadablePieces {
  has(piece: number): boolean;
}

type QueuedStream = Pick<Stream, "queuedBytes" | "takenBytes">;

/** The upload to a peer: its unserved requests, its batch limit, and its pace. Idle peers have none. */
export class UploadQueue {
  /** Batches being read from disk or sent. */
  batchesOut = 0;
  /** The requests in these batches. */
  requestsOut = 0;
  /** When the peer last took a batch, or its first batch was queued. */
  lastTakenAtMs = 0;
  /** Since when bytes wait in the socket, and the bytes that it had taken then. */
  #waitsSinceMs = 0;
  #takenBytes = 0;
  readonly #requests: RequestList;
  #batchLimit = 1;
  #rate: RateMeter | undefined;

  constructor(memory: MemoryBudget) {
    this.#requests = new RequestList(memory);
  }

  get length(): number {
    return this.#requests.length;
  }

  /** Payload that the peer takes. Smoothed. */
  get bytesPerSecond(): number {
    return this.#rate?.bytesPerSecond ?? 0;
  }

  get piece(): number {
    return this.#requests.piece(this.#requests.first);
  }

  get begin(): number {
    return this.#requests.begin(this.#requests.first);
  }

  /** Payload bytes of the first request. */
  get firstBytes(): number {
    return this.#requests.lengthBytes(this.#requests.first);
  }

  /** Whether another batch may be read. */
  get hasRoom(): boolean {
    return this.batchesOut < maxBatchesOut;
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

  /** Bytes of the first `requests` queued requests as they go over the wire. */
  imageBytes(requests: number): number {
    return this.lengthBytes(requests) + requests * blockHeaderBytes;
  }

  /** @param lengthBytes 1 to 16,384. @returns False without memory for it. */
  push(piece: number, begin: number, lengthBytes: number): boolean {
    return this.#requests.append(piece, begin, lengthBytes);
  }

  /** Puts an unserved request back in front. */
  putBack(piece: number, begin: number, lengthBytes: number): void {
    this.#requests.prepend(piece, begin, lengthBytes);
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
   * The first requests, in any order of their pieces. The limit doubles while the peer takes batches quickly.
   *
   * @param pieces The batch ends before the first piece that is none of them.
   */
  chooseBatch(pieces: ReadablePieces): number {
    const requests = this.#requests;
    const limit = Math.min(this.#batchLimit, requests.length);
    let count = 0;
    for (let place = requests.first; count < limit; place = requests.next(place)) {
      if (!pieces.has(requests.piece(place))) break;
      count++;
    }
    return count;
  }

  removeFirst(): void {
    this.#requests.removeFirst();
  }

  /** Bytes are written to a socket without a queue, which has taken `takenBytes` so far. */
  sent(nowMs: number, takenBytes: number): void {
    this.lastTakenAtMs = nowMs;
    this.#beginWait(nowMs, takenBytes);
  }

  /**
   * How long bytes have waited in the socket, which has taken less than a block meanwhile. The end of a batch would be too
   * coarse: a batch of a slow peer may take a minute.
   */
  unreadMs(nowMs: number, { queuedBytes, takenBytes }: QueuedStream): number {
    if (this.batchesOut === 0 || queuedBytes === 0) return 0;
    if (takenBytes - this.#takenBytes >= blockLengthBytes) this.#beginWait(nowMs, takenBytes);
    return nowMs - this.#waitsSinceMs;
  }

  /** Payload was taken. The rate is measured from the first time on. */
  countSent(lengthBytes: number, clock: { nowMs(): number }): void {
    this.#rate ??= new RateMeter(clock.nowMs());
    this.#rate.add(lengthBytes);
  }

  /** Once a second. */
  readRate(nowMs: number): void {
    this.#rate?.read(nowMs);
  }

  #beginWait(nowMs: number, takenBytes: number): void {
    this.#waitsSinceMs = nowMs;
    this.#takenBytes = takenBytes;
  }

  /** @param tookMs From its write on. */
  batchTaken(tookMs: number): void {
    if (tookMs < quickBatchMs) this.#batchLimit = Math.min(maxBatchBlocks, 2 * this.#batchLimit);
    else if (tookMs > slowBatchMs) this.#batchLimit = Math.max(1, this.#batchLimit >> 1);
  }
}
