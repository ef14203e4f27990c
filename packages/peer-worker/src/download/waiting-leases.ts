// Leases without memory yet, in order of arrival. A Map alone would do, but it keeps the places of deleted entries for
// hundreds of deletions, and each walk from its front passes them.

import type { PieceLease } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

/** A lease without memory yet. */
export interface WaitingLease {
  readonly lease: PieceLease;
  readonly blockCount: number;
}

interface Placed extends WaitingLease {
  /** Its index in the order. */
  place: number;
}

/** Places of removed leases before the order is shortened, when they are half of it. */
const mostRemoved = 64;

/** The waiting leases of a torrent. */
export class WaitingLeases {
  readonly #byPiece = new Map<PieceIndex, Placed>();
  #order: (Placed | undefined)[] = [];
  /** No lease lies before this place. */
  #front = 0;

  get size(): number {
    return this.#byPiece.size;
  }

  has(piece: PieceIndex): boolean {
    return this.#byPiece.has(piece);
  }

  get(piece: PieceIndex): WaitingLease | undefined {
    return this.#byPiece.get(piece);
  }

  /** The piece does not wait yet. */
  add(lease: PieceLease, blockCount: number): void {
    const placed = { lease, blockCount, place: this.#order.length };
    this.#byPiece.set(lease.piece, placed);
    this.#order.push(placed);
  }

  /** @returns The removed lease, if it waited. */
  remove(piece: PieceIndex): WaitingLease | undefined {
    const placed = this.#byPiece.get(piece);
    if (placed === undefined) return undefined;
    this.#byPiece.delete(piece);
    this.#order[placed.place] = undefined;
    while (this.#front < this.#order.length && this.#order[this.#front] === undefined)
      this.#front++;
    const removed = this.#order.length - this.#byPiece.size;
    if (removed >= mostRemoved && removed > this.#byPiece.size) this.#shorten();
    return placed;
  }

  /** @returns The first lease that matches. For each piece that is opened: the iterator would make objects. */
  find(matches: (piece: PieceIndex) => boolean): WaitingLease | undefined {
    for (let place = this.#front; place < this.#order.length; place++) {
      const placed = this.#order[place];
      if (placed !== undefined && matches(placed.lease.piece)) return placed;
    }
    return undefined;
  }

  /** In order of arrival. Leases may be removed meanwhile. */
  *[Symbol.iterator](): Generator<WaitingLease, void, undefined> {
    const order = this.#order;
    for (let place = this.#front; place < order.length; place++) {
      const placed = order[place];
      // A removal may have begun another order.
      if (placed !== undefined && this.#byPiece.get(placed.lease.piece) === placed) yield placed;
    }
  }

  #shorten(): void {
    const left = this.#order.filter((placed) => placed !== undefined);
    for (let place = 0; place < left.length; place++) {
      const placed = left[place];
      if (placed !== undefined) placed.place = place;
    }
    this.#order = left;
    this.#front = 0;
  }
}
