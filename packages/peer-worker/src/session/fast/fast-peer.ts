import type { PieceIndex } from "@troupe/protocol/units";

import {
  firstRejectPauseMs,
  maxFastPieces,
  maxRejectPauseMs,
  rejectedPieceMs,
} from "../../limits.ts";
import { longAgoMs } from "../../long-ago.ts";

/** Of all peers that have named none. */
const noPieces: ReadonlySet<PieceIndex> = new Set<PieceIndex>();

/** The fast extension (BEP 6) of a connection whose sides have agreed to it. */
export class FastPeer {
  /** The first message by which the peer showed its pieces. */
  firstShown: "bitfield" | "have-all" | "have-none" | undefined;
  /** Pieces that the peer may request while we choke it. Undefined: not offered yet. */
  offered: ReadonlySet<PieceIndex> | undefined;
  /** Requests of the peer that were queued while we choked it. */
  takenWhileChoked = 0;
  /** Requests of the peer that were rejected because the disk refused the read. */
  refusedReads = 0;
  /** Pieces of which the peer rejected a block while it did not choke us. */
  #rejected: Set<PieceIndex> | undefined;
  #allowed: Set<PieceIndex> | undefined;
  #suggested: Set<PieceIndex> | undefined;
  #rejectedSinceMs: number = longAgoMs;
  #allowedCount = 0;
  #suggestedCount = 0;
  #requestAfterMs: number = longAgoMs;
  #pauseMs: number = firstRejectPauseMs;

  /** Pieces that we lack and that the peer gives while it chokes us. */
  get allowed(): ReadonlySet<PieceIndex> {
    return this.#allowed ?? noPieces;
  }

  /** Pieces that the peer would like to give. */
  get suggested(): ReadonlySet<PieceIndex> {
    return this.#suggested ?? noPieces;
  }

  /** The peer gives the piece while it chokes us. */
  allow(piece: PieceIndex): void {
    this.#allowed ??= new Set();
    this.#allowed.add(piece);
  }

  /** The peer takes the offer back, or we have the piece. */
  forgetAllowed(piece: PieceIndex): void {
    this.#allowed?.delete(piece);
  }

  /** The peer would like to give the piece. */
  suggest(piece: PieceIndex): void {
    this.#suggested ??= new Set();
    this.#suggested.add(piece);
  }

  /** Counts an `allowed-fast`. @returns False beyond the bound: the message is ignored. */
  countAllowed(): boolean {
    return ++this.#allowedCount <= maxFastPieces;
  }

  /** The same for `suggest`. */
  countSuggested(): boolean {
    return ++this.#suggestedCount <= maxFastPieces;
  }

  /** Whether any request may go to the peer now. */
  mayRequest(isChoking: boolean, nowMs: number): boolean {
    return isChoking ? this.allowed.size > 0 : nowMs >= this.#requestAfterMs;
  }

  /** Whether a piece that the peer has may be requested. */
  mayAskFor(piece: PieceIndex, isChoking: boolean): boolean {
    if (isChoking) return this.allowed.has(piece);
    return this.#rejected === undefined || !this.#rejected.has(piece);
  }

  /**
   * The peer rejected a block that it owed. A choking peer takes back its offer of the piece. Any other peer is asked
   * nothing for a while, longer each time until it sends a block, and other pieces first.
   *
   * @param lastBlockAtMs When it last sent a block.
   */
  noteReject(piece: PieceIndex, isChoking: boolean, nowMs: number, lastBlockAtMs: number): void {
    if (isChoking) {
      this.forgetAllowed(piece);
      return;
    }
    this.#suggested?.delete(piece);
    this.#noteRejected(piece, nowMs);
    if (nowMs < this.#requestAfterMs) return;
    const hasGiven = lastBlockAtMs > this.#requestAfterMs - this.#pauseMs;
    this.#pauseMs = hasGiven ? firstRejectPauseMs : Math.min(2 * this.#pauseMs, maxRejectPauseMs);
    this.#requestAfterMs = nowMs + this.#pauseMs;
  }

  /** Forgets the rejects: the peer has a new queue after a choke. */
  unchoked(): void {
    this.#rejected = undefined;
    this.#requestAfterMs = longAgoMs;
    this.#pauseMs = firstRejectPauseMs;
  }

  /** Once a second: rejected pieces are asked for again after a while. */
  tick(nowMs: number): void {
    if (nowMs - this.#rejectedSinceMs >= rejectedPieceMs) this.#rejected = undefined;
  }

  #noteRejected(piece: PieceIndex, nowMs: number): void {
    if (this.#rejected === undefined) this.#rejectedSinceMs = nowMs;
    this.#rejected ??= new Set();
    if (this.#rejected.size < maxFastPieces) this.#rejected.add(piece);
  }
}
