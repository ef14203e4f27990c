import type { LeaseId, PeerRowIndex, PieceLease } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

import type { Parole } from "./parole.ts";
import type { PieceInProgress, PiecePlace } from "./piece-in-progress.ts";
import { ReservedPieces } from "./reserved-pieces.ts";
import { WaitingLeases } from "./waiting-leases.ts";

/** The leases of a torrent in this worker. A piece is in one map at most. */
export class HeldLeases {
  /** Not opened yet, in order of arrival. */
  readonly waiting = new WaitingLeases();
  readonly open: Map<PieceIndex, PieceInProgress> = new Map<PieceIndex, PieceInProgress>();
  /** Oldest first; the picker removes pieces without a free block. */
  readonly withFreeBlocks: Set<PieceInProgress> = new Set<PieceInProgress>();
  /** Hash and file threads use their memory until the engine frees it. */
  readonly sealed: Map<PieceIndex, PiecePlace> = new Map<PieceIndex, PiecePlace>();
  /** Transferred pieces that another worker may read until `transferred-piece-taken`. */
  readonly outgoingTransfers: Map<LeaseId, PieceInProgress> = new Map<LeaseId, PieceInProgress>();
  /** Few, usually none. */
  readonly paroles: Map<PieceIndex, Parole> = new Map<PieceIndex, Parole>();
  readonly reserved = new ReservedPieces();
  #waitingBlocks = 0;

  get waitingBlocks(): number {
    return this.#waitingBlocks;
  }

  /** Free blocks, including those of waiting leases. O(open pieces with free blocks). */
  freeBlocks(): number {
    let blocks = this.#waitingBlocks;
    for (const piece of this.withFreeBlocks) blocks += piece.freeCount;
    return blocks;
  }

  addWaiting(lease: PieceLease, blockCount: number): void {
    this.waiting.add(lease, blockCount);
    this.#waitingBlocks += blockCount;
  }

  removeWaiting(piece: PieceIndex): void {
    this.#waitingBlocks -= this.waiting.remove(piece)?.blockCount ?? 0;
  }

  addOpen(piece: PieceInProgress): void {
    this.open.set(piece.piece, piece);
    if (piece.freeCount > 0) this.withFreeBlocks.add(piece);
  }

  mayRequestFrom(peer: PeerRowIndex, piece: PieceIndex): boolean {
    if (this.paroles.size === 0) return true;
    return this.paroles.get(piece)?.mayRequestFrom(peer) ?? true;
  }

  /** The next peer may take its parole pieces. */
  releaseParoles(peer: PeerRowIndex): void {
    for (const parole of this.paroles.values()) parole.release(peer);
  }

  removeOpen(piece: PieceInProgress): void {
    piece.isOpen = false;
    this.paroles.delete(piece.piece);
    this.reserved.remove(piece.piece);
    this.open.delete(piece.piece);
    this.withFreeBlocks.delete(piece);
  }

  /** Call it when blocks of an open piece may be free. */
  noteFreeBlocks(piece: PieceInProgress): void {
    if (piece.isOpen && piece.freeCount > 0) this.withFreeBlocks.add(piece);
  }

  leaseOf(piece: PieceIndex): LeaseId | undefined {
    return this.waiting.get(piece)?.lease.lease ?? this.open.get(piece)?.lease;
  }

  has(piece: PieceIndex): boolean {
    return this.waiting.has(piece) || this.open.has(piece) || this.sealed.has(piece);
  }
}
