// The pickable pieces of a torrent: missing and wanted, with a known hash. The ledger keeps them up to date at each change of a piece, so
// that a search needs no sorted order.

import type { PieceIndex } from "@troupe/protocol/units";
import { PieceBits, wordsOf } from "./piece-bits.ts";

/** The pickable pieces, by priority. */
export class PickablePieces {
  readonly #pieceCount: number;
  readonly #all: PieceBits;
  readonly #byPriority = new Map<number, PieceBits>();
  /** The highest priority first; undefined after a change. Not sorted with each of thousands of new priorities. */
  #sorted: readonly (readonly [number, PieceBits])[] | undefined;

  /** @param priority Priority of all pieces, above 0: they are pickable. */
  constructor(pieceCount: number, priority: number) {
    this.#pieceCount = pieceCount;
    this.#all = new PieceBits(pieceCount);
    this.#all.addAll();
    this.#begin(priority).addAll();
  }

  get count(): number {
    return this.#all.count;
  }

  /** The priorities of pickable pieces, and of some that were pickable; the highest first. */
  get priorities(): readonly number[] {
    return this.#highestFirst.map(([priority]) => priority);
  }

  /** Pickable pieces of all priorities. */
  get all(): PieceBits {
    return this.#all;
  }

  /** Pickable pieces of the highest priority. Undefined: no piece is pickable. */
  get top(): PieceBits | undefined {
    return this.#highestFirst.find(([, pieces]) => pieces.count > 0)?.[1];
  }

  /** The piece is not pickable yet. Priority 0 leaves it so. */
  add(piece: PieceIndex, priority: number): void {
    if (priority === 0) return;
    this.#all.add(piece);
    (this.#byPriority.get(priority) ?? this.#begin(priority)).add(piece);
  }

  /** @param priority With which the piece was added. */
  remove(piece: PieceIndex, priority: number): void {
    if (priority === 0) return;
    this.#all.remove(piece);
    this.#byPriority.get(priority)?.remove(piece);
  }

  /** The piece has another priority from here on. Memory of a priority without pieces is freed. */
  move(piece: PieceIndex, before: number, after: number): void {
    this.remove(piece, before);
    if (this.#byPriority.get(before)?.count === 0) {
      this.#byPriority.delete(before);
      this.#sorted = undefined;
    }
    this.add(piece, after);
  }

  /** @param peerHas The peer's bitfield, wire order. */
  hasAny(peerHas: Uint8Array): boolean {
    const found: PieceIndex[] = [];
    this.#all.collect(wordsOf(peerHas), 0, 1, found);
    return found.length > 0;
  }

  /**
   * @param peerHas The peer's bitfield, wire order.
   * @param from Within each priority, pieces below it come last. Rounded down to a multiple of 32.
   * @returns At most `limit` pickable pieces of the peer: the highest priority first, then by index.
   */
  among(peerHas: Uint8Array, limit: number, from = 0): PieceIndex[] {
    const found: PieceIndex[] = [];
    const has = wordsOf(peerHas);
    for (const [, pieces] of this.#highestFirst) {
      if (found.length >= limit) break;
      pieces.collect(has, from, limit, found);
    }
    return found;
  }

  /** @returns The first piece from `from` on, or after the last piece the first of all. */
  next(from: number): PieceIndex | undefined {
    return this.#all.next(from);
  }

  get #highestFirst(): readonly (readonly [number, PieceBits])[] {
    this.#sorted ??= [...this.#byPriority].toSorted(([one], [other]) => other - one);
    return this.#sorted;
  }

  #begin(priority: number): PieceBits {
    const pieces = new PieceBits(this.#pieceCount);
    this.#byPriority.set(priority, pieces);
    this.#sorted = undefined;
    return pieces;
  }
}
