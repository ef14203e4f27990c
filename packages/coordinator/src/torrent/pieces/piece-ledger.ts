// Where each piece of one torrent stands, and who holds it. The coordinator is the only writer of this truth:
//
//   missing → leased(worker) → hashing → writing → had
//      ↑__________|______________|__________|
//
// Each piece has a priority: those with 0 are wanted by nobody and never leased, but may be had.
// `had` means verified and written. Leases carry numbers that are never used twice, so that a late message
// about an old lease changes nothing.

import type { LeaseId } from "@troupe/messages";
import type { PieceMap } from "@troupe/messages";
import { pieceLength, type Geometry, type PieceIndex } from "@troupe/protocol";

/** Where a piece can stand; the numbers are those of {@link PieceLedger.states}. */
export const PieceState = { missing: 0, leased: 1, hashing: 2, writing: 3, had: 4 } as const;

/** One piece in the hands of one worker. */
export interface Lease {
  readonly lease: LeaseId;
  readonly piece: PieceIndex;
  /** Index of the peer-worker. */
  readonly worker: number;
  readonly grantedAtMs: number;
  /** How often the piece has gone from worker to worker before. */
  readonly moves: number;
  /** Index of the worker for which it was asked back, if it was. */
  wantedBy: number | undefined;
  /** When that was. */
  askedBackAtMs: number;
}

/** The states and leases of one torrent. */
export class PieceLedger {
  readonly geometry: Geometry;
  readonly map: PieceMap;
  /** One PieceState a piece. */
  readonly states: Uint8Array;
  /** One a piece; 0: not wanted. Changed by {@link setPriority} only. */
  readonly priorities: Uint16Array;
  /** Bytes of the pieces that are had. */
  haveBytes = 0;
  /** Bytes of the pieces that are wanted and not had. */
  leftBytes: number;
  missingCount: number;
  hadCount = 0;
  hashingCount = 0;
  writingCount = 0;
  #leftCount: number;
  readonly #leases = new Map<PieceIndex, Lease>();
  #nextLease: number;

  /** @param firstLease Number of the first lease: those of another ledger must not come near it. */
  constructor(geometry: Geometry, map: PieceMap, firstLease = 1) {
    this.geometry = geometry;
    this.map = map;
    this.#nextLease = firstLease;
    this.states = new Uint8Array(geometry.pieceCount);
    this.priorities = new Uint16Array(geometry.pieceCount).fill(1);
    this.missingCount = geometry.pieceCount;
    this.#leftCount = geometry.pieceCount;
    this.leftBytes = geometry.totalBytes;
  }

  /** Pieces wanted and not had. */
  get leftCount(): number {
    return this.#leftCount;
  }

  /** All that is wanted is had. */
  get isComplete(): boolean {
    return this.#leftCount === 0;
  }

  /** All that there is is had. */
  get isSeed(): boolean {
    return this.hadCount === this.geometry.pieceCount;
  }

  /** Whether somebody wants it, had or not. */
  isWanted(piece: PieceIndex): boolean {
    return this.priorities[piece] !== 0;
  }

  setPriority(piece: PieceIndex, priority: number): void {
    if (this.states[piece] !== PieceState.had) this.#countLeft(piece, -1);
    this.priorities[piece] = priority;
    if (this.states[piece] !== PieceState.had) this.#countLeft(piece, 1);
  }

  isMissing(piece: PieceIndex): boolean {
    return this.states[piece] === PieceState.missing;
  }

  /**
   * Leases a missing piece.
   *
   * @param moves How often it has gone from worker to worker before.
   * @throws when it is not missing: only the picker's answers are leased.
   */
  grant(piece: PieceIndex, worker: number, nowMs: number, moves = 0): Lease {
    if (!this.isMissing(piece)) throw new Error(`bug: piece ${piece} leased while not missing`);
    const lease: Lease = {
      lease: this.#nextLease++ as LeaseId,
      piece,
      worker,
      grantedAtMs: nowMs,
      moves,
      wantedBy: undefined,
      askedBackAtMs: -Infinity,
    };
    this.#set(piece, PieceState.leased);
    this.#leases.set(piece, lease);
    return lease;
  }

  /** The lease as it stands, if `lease` is still the valid one for `piece`. */
  leaseOf(piece: PieceIndex, lease: LeaseId): Lease | undefined {
    const held = this.#leases.get(piece);
    return held?.lease === lease ? held : undefined;
  }

  /** Nobody works on it: a worker that still holds memory for it may drop that. */
  isUnleased(piece: PieceIndex): boolean {
    const state = this.states[piece];
    return state === PieceState.missing || state === PieceState.had;
  }

  get leasedCount(): number {
    return this.#leases.size;
  }

  leases(): IterableIterator<Lease> {
    return this.#leases.values();
  }

  /** Back to missing: returned, failed its hash, or its worker is gone. */
  release(piece: PieceIndex): void {
    this.#leases.delete(piece);
    if (this.states[piece] !== PieceState.had) this.#set(piece, PieceState.missing);
  }

  /** Every lease of a worker that is gone. Pieces being hashed or written stay: their memory outlives it. */
  releaseWorker(worker: number): void {
    for (const lease of [...this.#leases.values()]) {
      if (lease.worker === worker) this.release(lease.piece);
    }
  }

  /** The worker sealed it: the lease ends and nobody asks for its blocks any more. */
  toHashing(piece: PieceIndex): void {
    this.#leases.delete(piece);
    this.#set(piece, PieceState.hashing);
  }

  toWriting(piece: PieceIndex): void {
    this.#set(piece, PieceState.writing);
  }

  /** Written: the shared map says so from here on. */
  toHad(piece: PieceIndex): void {
    if (this.states[piece] === PieceState.had) return;
    this.#set(piece, PieceState.had);
    this.map.set(piece);
    this.haveBytes += pieceLength(this.geometry, piece);
  }

  /** It was had, and is to be looked at again: nobody gets it, and nobody fetches it. @returns false when it was not. */
  toSuspect(piece: PieceIndex): boolean {
    if (this.states[piece] !== PieceState.had) return false;
    this.map.clear(piece);
    this.haveBytes -= pieceLength(this.geometry, piece);
    this.#set(piece, PieceState.hashing);
    return true;
  }

  /** It was had, and is not what it should be: missing until it is fetched, or found, again. */
  toLost(piece: PieceIndex): void {
    if (this.states[piece] !== PieceState.had) return;
    this.map.clear(piece);
    this.haveBytes -= pieceLength(this.geometry, piece);
    this.#set(piece, PieceState.missing);
  }

  /** Nothing is had any more until it is found on the disk again. No worker knows the torrent then. */
  forgetHad(): void {
    for (let piece = 0; piece < this.states.length; piece++) {
      if (this.states[piece] !== PieceState.had) continue;
      this.toLost(piece as PieceIndex);
    }
  }

  #set(piece: PieceIndex, state: number): void {
    const before = this.states[piece];
    this.states[piece] = state;
    if (before === PieceState.missing && state !== PieceState.missing) this.missingCount--;
    if (before !== PieceState.missing && state === PieceState.missing) this.missingCount++;
    this.hashingCount += is(state, PieceState.hashing) - is(before, PieceState.hashing);
    this.writingCount += is(state, PieceState.writing) - is(before, PieceState.writing);
    if (before === state) return;
    if (state === PieceState.had) {
      this.hadCount++;
      this.#countLeft(piece, -1);
    } else if (before === PieceState.had) {
      this.hadCount--;
      this.#countLeft(piece, 1);
    }
  }

  #countLeft(piece: PieceIndex, pieces: 1 | -1): void {
    if (!this.isWanted(piece)) return;
    this.#leftCount += pieces;
    this.leftBytes += pieces * pieceLength(this.geometry, piece);
  }
}

function is(state: number | undefined, wanted: number): number {
  return state === wanted ? 1 : 0;
}
