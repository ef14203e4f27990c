// The state of each piece of one torrent, and its lease. Only the engine writes to it:
//
//   missing → leased(worker) → hashing → writing → had
//      ↑__________|______________|__________|
//
// A piece with priority 0 is unwanted and never leased, but may be had. `had` means verified and written.
// Lease numbers are never used twice, so a late message about an old lease changes nothing.

import { LazyMap } from "@troupe/actor-runtime";
import type { LeaseId, PieceMap } from "@troupe/messages";
import { DataBytes, type Geometry } from "@troupe/protocol/metainfo";
import type { PieceIndex } from "@troupe/protocol/units";
import { PickablePieces } from "./pickable-pieces.ts";

/** States of a piece: the numbers in {@link PieceLedger.states}. */
export const PieceState = { missing: 0, leased: 1, hashing: 2, writing: 3, had: 4 } as const;

const usualPriority = 1;

/** A piece leased to a worker. */
export interface Lease {
  readonly lease: LeaseId;
  readonly piece: PieceIndex;
  readonly worker: number;
  readonly grantedAtMs: number;
  readonly moves: number;
  /** The worker that the lease was revoked for. */
  wantedBy: number | undefined;
  revokedAtMs: number;
}

/** The states and leases of a torrent. */
export class PieceLedger {
  readonly geometry: Geometry;
  readonly map: PieceMap;
  /** A {@link PieceState} per piece. */
  readonly states: Uint8Array;
  /** Undefined while every piece has the usual priority and `priorities` has not been read. */
  #priorities: Uint16Array | undefined;
  /** Missing and wanted, with a known hash. */
  readonly pickable: PickablePieces;
  readonly dataBytes: DataBytes;
  /** Without padding, as `leftBytes`. */
  haveBytes = 0;
  leftBytes: number;
  missingCount: number;
  hadCount = 0;
  hashingCount = 0;
  writingCount = 0;
  #leftCount: number;
  /** Whether the hash of a piece is known; undefined: that of each piece is. */
  #isKnown: ((piece: PieceIndex) => boolean) | undefined;
  readonly #leases = new LazyMap<PieceIndex, Lease>();
  #nextLease: number;

  /** @param firstLease First lease number, above those of earlier ledgers. */
  constructor(dataBytes: DataBytes, map: PieceMap, firstLease = 1) {
    const { geometry } = dataBytes;
    this.dataBytes = dataBytes;
    this.geometry = geometry;
    this.map = map;
    this.#nextLease = firstLease;
    this.states = new Uint8Array(geometry.pieceCount);
    this.pickable = new PickablePieces(geometry.pieceCount, usualPriority);
    this.missingCount = geometry.pieceCount;
    this.#leftCount = geometry.pieceCount;
    this.leftBytes = dataBytes.totalBytes;
  }

  get leftCount(): number {
    return this.#leftCount;
  }

  /** All wanted pieces are had. */
  get isComplete(): boolean {
    return this.#leftCount === 0;
  }

  get isSeed(): boolean {
    return this.hadCount === this.geometry.pieceCount;
  }

  /** Per piece; 0 is unwanted. Only {@link setPriority} writes to it. */
  get priorities(): Uint16Array {
    this.#priorities ??= new Uint16Array(this.geometry.pieceCount).fill(usualPriority);
    return this.#priorities;
  }

  isWanted(piece: PieceIndex): boolean {
    return this.#priorityOf(piece) !== 0;
  }

  setPriority(piece: PieceIndex, priority: number): void {
    if (this.states[piece] !== PieceState.had) this.#countLeft(piece, -1);
    if (this.isMissing(piece) && this.#isKnown?.(piece) !== false)
      this.pickable.move(piece, this.#priorityOf(piece), priority);
    this.priorities[piece] = priority;
    if (this.states[piece] !== PieceState.had) this.#countLeft(piece, 1);
  }

  /** Pieces without a known hash are not pickable until {@link hashKnown}. */
  withhold(isKnown: (piece: PieceIndex) => boolean): void {
    this.#isKnown = isKnown;
    for (let piece = 0; piece < this.states.length; piece++)
      if (this.isMissing(piece as PieceIndex) && !isKnown(piece as PieceIndex))
        this.pickable.remove(piece as PieceIndex, this.#priorityOf(piece as PieceIndex));
  }

  /** The hash of a piece that was withheld is known from here on. */
  hashKnown(piece: PieceIndex): void {
    if (this.#isKnown === undefined || !this.isMissing(piece)) return;
    this.pickable.add(piece, this.#priorityOf(piece));
  }

  /** The hash of each piece is known. */
  endWithholding(): void {
    this.#isKnown = undefined;
  }

  /** Missing and wanted, with a known hash. */
  isPickable(piece: PieceIndex): boolean {
    return this.isMissing(piece) && this.isWanted(piece) && this.#isKnown?.(piece) !== false;
  }

  isMissing(piece: PieceIndex): boolean {
    return this.states[piece] === PieceState.missing;
  }

  /**
   * @param moves Earlier moves of the piece between workers.
   * @throws if the piece is not missing: callers lease only what the picker returned.
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
      revokedAtMs: -Infinity,
    };
    this.#set(piece, PieceState.leased);
    this.#leases.set(piece, lease);
    return lease;
  }

  /** Undefined if `lease` is not the piece's present number. */
  leaseOf(piece: PieceIndex, lease: LeaseId): Lease | undefined {
    const held = this.#leases.get(piece);
    return held?.lease === lease ? held : undefined;
  }

  leaseAt(piece: PieceIndex): Lease | undefined {
    return this.#leases.get(piece);
  }

  /** Missing or had: a worker may free memory that it still holds for the piece. */
  isUnleased(piece: PieceIndex): boolean {
    const state = this.states[piece];
    return state === PieceState.missing || state === PieceState.had;
  }

  get leasedCount(): number {
    return this.#leases.size;
  }

  leases(): MapIterator<Lease> {
    return this.#leases.values();
  }

  release(piece: PieceIndex): void {
    this.#leases.delete(piece);
    if (this.states[piece] !== PieceState.had) this.#set(piece, PieceState.missing);
  }

  /** For a crashed worker. Pieces being hashed or written stay: their memory outlives it. */
  releaseWorker(worker: number): void {
    for (const lease of [...this.#leases.values()]) {
      if (lease.worker === worker) this.release(lease.piece);
    }
  }

  /** The seal ends the lease. */
  toHashing(piece: PieceIndex): void {
    this.#leases.delete(piece);
    this.#set(piece, PieceState.hashing);
  }

  toWriting(piece: PieceIndex): void {
    this.#set(piece, PieceState.writing);
  }

  /** The shared map shows the piece from here on. */
  toHad(piece: PieceIndex): void {
    if (this.states[piece] === PieceState.had) return;
    this.#set(piece, PieceState.had);
    this.map.set(piece);
    this.haveBytes += this.dataBytes.ofPiece(piece);
  }

  /** Until its check a suspect is neither served nor downloaded. @returns false if the piece was not had. */
  toSuspect(piece: PieceIndex): boolean {
    if (this.states[piece] !== PieceState.had) return false;
    this.map.clear(piece);
    this.haveBytes -= this.dataBytes.ofPiece(piece);
    this.#set(piece, PieceState.hashing);
    return true;
  }

  toLost(piece: PieceIndex): void {
    if (this.states[piece] !== PieceState.had) return;
    this.map.clear(piece);
    this.haveBytes -= this.dataBytes.ofPiece(piece);
    this.#set(piece, PieceState.missing);
  }

  /** No piece is had until a check finds it. No worker has the torrent open then. */
  forgetHad(): void {
    for (let piece = 0; piece < this.states.length; piece++) {
      if (this.states[piece] !== PieceState.had) continue;
      this.toLost(piece as PieceIndex);
    }
  }

  #set(piece: PieceIndex, state: number): void {
    const before = this.states[piece];
    this.states[piece] = state;
    this.#countMissing(piece, before === PieceState.missing, state === PieceState.missing);
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

  #countMissing(piece: PieceIndex, wasMissing: boolean, isMissing: boolean): void {
    if (wasMissing === isMissing) return;
    this.missingCount += isMissing ? 1 : -1;
    if (this.#isKnown?.(piece) === false) return;
    const priority = this.#priorityOf(piece);
    if (isMissing) this.pickable.add(piece, priority);
    else this.pickable.remove(piece, priority);
  }

  #priorityOf(piece: PieceIndex): number {
    return this.#priorities === undefined ? usualPriority : (this.#priorities[piece] ?? 0);
  }

  #countLeft(piece: PieceIndex, pieces: 1 | -1): void {
    if (!this.isWanted(piece)) return;
    this.#leftCount += pieces;
    this.leftBytes += pieces * this.dataBytes.ofPiece(piece);
  }
}

function is(state: number | undefined, wanted: number): number {
  return state === wanted ? 1 : 0;
}
