// The leases of one torrent in this worker: held, open, sealed, or given back with what had arrived.

import type { LeaseId, PeerRowIndex, PieceLease } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol";

import type { Parole } from "./parole.ts";
import type { PieceInProgress, PiecePlace } from "./piece-in-progress.ts";

/** A lease for which no memory has been allotted yet. */
export interface WaitingLease {
  readonly lease: PieceLease;
  readonly blockCount: number;
}

/** Which pieces this worker may fetch and how far each has come. One piece is in one of the maps at most. */
export class HeldLeases {
  /** Held but not opened, in the order in which they came. */
  readonly waiting: Map<PieceIndex, WaitingLease> = new Map<PieceIndex, WaitingLease>();
  readonly open: Map<PieceIndex, PieceInProgress> = new Map<PieceIndex, PieceInProgress>();
  /** Open pieces that may have free blocks, oldest first; the picker drops those that have none. */
  readonly withFreeBlocks: Set<PieceInProgress> = new Set<PieceInProgress>();
  /** Sealed pieces: their memory is the hash and file threads' until the coordinator speaks. */
  readonly sealed: Map<PieceIndex, PiecePlace> = new Map<PieceIndex, PiecePlace>();
  /** Transferred pieces that another worker may read until `transferred-piece-taken`. */
  readonly outgoingTransfers: Map<LeaseId, PieceInProgress> = new Map<LeaseId, PieceInProgress>();
  /** Of those that wait or are open, the ones that are to come from one peer: few, and usually none. */
  readonly paroles: Map<PieceIndex, Parole> = new Map<PieceIndex, Parole>();
  #waitingBlocks = 0;

  /** Blocks of the leases that wait. */
  get waitingBlocks(): number {
    return this.#waitingBlocks;
  }

  /** Blocks that could be requested at once or after opening a piece. O(open pieces with free blocks). */
  freeBlocks(): number {
    let blocks = this.#waitingBlocks;
    for (const piece of this.withFreeBlocks) blocks += piece.freeCount;
    return blocks;
  }

  addWaiting(lease: PieceLease, blockCount: number): void {
    this.waiting.set(lease.piece, { lease, blockCount });
    this.#waitingBlocks += blockCount;
  }

  /** Takes a lease out of those that wait. */
  removeWaiting(piece: PieceIndex): void {
    const waiting = this.waiting.get(piece);
    if (waiting === undefined) return;
    this.waiting.delete(piece);
    this.#waitingBlocks -= waiting.blockCount;
  }

  addOpen(piece: PieceInProgress): void {
    this.open.set(piece.piece, piece);
    if (piece.freeCount > 0) this.withFreeBlocks.add(piece);
  }

  /** Whether this peer may be asked for blocks of a piece that waits or is open. */
  mayRequestFrom(peer: PeerRowIndex, piece: PieceIndex): boolean {
    if (this.paroles.size === 0) return true;
    return this.paroles.get(piece)?.mayRequestFrom(peer) ?? true;
  }

  /** A peer that owed blocks owes them no more: what it had to itself is for the next one. */
  releaseParoles(peer: PeerRowIndex): void {
    for (const parole of this.paroles.values()) parole.release(peer);
  }

  /** Takes a piece out of those that are open: no further block starts in it. */
  removeOpen(piece: PieceInProgress): void {
    piece.isOpen = false;
    this.paroles.delete(piece.piece);
    this.open.delete(piece.piece);
    this.withFreeBlocks.delete(piece);
  }

  /** To be called after blocks of an open piece may have become free. */
  noteFreeBlocks(piece: PieceInProgress): void {
    if (piece.isOpen && piece.freeCount > 0) this.withFreeBlocks.add(piece);
  }

  /** @returns The lease under which a piece waits or is open. */
  leaseOf(piece: PieceIndex): LeaseId | undefined {
    return this.waiting.get(piece)?.lease.lease ?? this.open.get(piece)?.lease;
  }

  has(piece: PieceIndex): boolean {
    return this.waiting.has(piece) || this.open.has(piece) || this.sealed.has(piece);
  }
}
