import type { PieceIndex } from "@troupe/protocol/units";

import {
  firstRejectPauseMs,
  maxFastPieces,
  maxRejectPauseMs,
  rejectedPieceMs,
} from "../../limits.ts";
import { longAgoMs } from "../../long-ago.ts";

/** The blocks that a peer rejected while it did not choke us, and the pauses that follow. */
export class FastRejects {
  /** Their pieces. */
  #rejected: Set<PieceIndex> | undefined;
  #rejectedSinceMs: number = longAgoMs;
  #requestAfterMs: number = longAgoMs;
  #pauseMs: number = firstRejectPauseMs;

  /** Whether any request may go to the peer now. */
  mayRequest(nowMs: number): boolean {
    return nowMs >= this.#requestAfterMs;
  }

  /** Whether the peer has rejected a block of the piece of late. */
  has(piece: PieceIndex): boolean {
    return this.#rejected?.has(piece) === true;
  }

  /**
   * The peer is asked nothing for a while, longer each time until it sends a block, and other pieces first.
   *
   * @param lastBlockAtMs When it last sent a block.
   */
  add(piece: PieceIndex, nowMs: number, lastBlockAtMs: number): void {
    this.#addPiece(piece, nowMs);
    if (nowMs < this.#requestAfterMs) return;
    const hasGiven = lastBlockAtMs > this.#requestAfterMs - this.#pauseMs;
    this.#pauseMs = hasGiven ? firstRejectPauseMs : Math.min(2 * this.#pauseMs, maxRejectPauseMs);
    this.#requestAfterMs = nowMs + this.#pauseMs;
  }

  /** Once a second: rejected pieces are asked for again after a while. */
  tick(nowMs: number): void {
    if (nowMs - this.#rejectedSinceMs >= rejectedPieceMs) this.#rejected = undefined;
  }

  #addPiece(piece: PieceIndex, nowMs: number): void {
    if (this.#rejected === undefined) this.#rejectedSinceMs = nowMs;
    this.#rejected ??= new Set();
    if (this.#rejected.size < maxFastPieces) this.#rejected.add(piece);
  }
}
