// The search for a pickable piece that a connected peer has. It looks at some pieces an answer: a torrent may have
// millions of pieces that no peer has. An endgame begins only after the search has passed all pickable pieces in vain.

import { peersWith } from "../report/traffic.ts";
import type { PieceLedger } from "./piece-ledger.ts";

/** Pieces looked at in an answer. */
export const looksPerSearch = 2048;

/** Goes round the pickable pieces of a torrent, and stays at a piece that a peer has. */
export class AvailableSearch {
  readonly #ledger: PieceLedger;
  #at = 0;
  /** Piece numbers passed since the last piece that a peer had. */
  #passed = 0;

  constructor(ledger: PieceLedger) {
    this.#ledger = ledger;
  }

  /** Many pieces are pickable again, or others than before: a new round begins. */
  forget(): void {
    this.#passed = 0;
  }

  /** @returns False after a whole round without a piece that a peer has; several answers make a round. */
  isAnyAvailable(availability: readonly Uint16Array[]): boolean {
    const { geometry, pickable } = this.#ledger;
    const looks = Math.min(looksPerSearch, pickable.count);
    for (let look = 0; look < looks; look++) {
      const piece = pickable.next(this.#at);
      if (piece === undefined) return false;
      if (peersWith(availability, piece) > 0) {
        this.#at = piece;
        this.#passed = 0;
        return true;
      }
      const after = (piece + 1) % geometry.pieceCount;
      this.#passed += (after - this.#at + geometry.pieceCount) % geometry.pieceCount;
      this.#at = after;
    }
    return looks === looksPerSearch && this.#passed < geometry.pieceCount;
  }
}
