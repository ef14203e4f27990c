import type { PieceIndex } from "@troupe/protocol/units";
import type { PieceLedger } from "../piece-ledger.ts";
import type { SortedPieces } from "./rarity-sort.ts";

/** Walks over sorted pieces. Pieces that are leased by now are passed once, not by each walk. */
export class RarityWalk {
  readonly topCount: number;
  readonly length: number;
  readonly #ledger: PieceLedger;
  readonly #pieces: Uint32Array;
  /** Per place: no place before this one has a pickable piece; 0 is unknown. */
  readonly #skips: Uint32Array;

  constructor(ledger: PieceLedger, { pieces, topCount }: SortedPieces) {
    this.#ledger = ledger;
    this.#pieces = pieces;
    this.#skips = new Uint32Array(pieces.length);
    this.topCount = topCount;
    this.length = pieces.length;
  }

  at(place: number): PieceIndex {
    return this.#pieces[place] as PieceIndex;
  }

  /**
   * A piece that was passed and put back later is not found again.
   *
   * @returns The first place from `place` on with a pickable piece, or the length.
   */
  next(place: number): number {
    let to = place;
    while (to < this.length && !this.#isPickable(to)) to = this.#after(to);
    for (let passed = place; passed < to;) {
      const after = this.#after(passed);
      this.#skips[passed] = to;
      passed = after;
    }
    return to;
  }

  #after(place: number): number {
    return Math.max(place + 1, this.#skips[place] ?? 0);
  }

  #isPickable(place: number): boolean {
    const piece = this.at(place);
    // A piece behind a skip may be missing again, but was put back then.
    return this.#skips[place] === 0 && this.#ledger.isPickable(piece);
  }
}
