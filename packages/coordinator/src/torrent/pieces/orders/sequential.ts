import type { PieceIndex } from "@troupe/protocol/units";
import type { PieceLedger } from "../piece-ledger.ts";
import type { PieceOrder, PieceQuestion } from "./piece-order.ts";

/** Pieces before the first one that {@link PickablePieces.among} may name too early. */
const rounding = 32;

/** By priority, then by index from a piece on, and nothing else. */
export class Sequential implements PieceOrder {
  readonly #ledger: PieceLedger;
  readonly #from: number;

  constructor(ledger: PieceLedger, from = 0) {
    this.#ledger = ledger;
    this.#from = from;
  }

  pick({ peerHas, count }: PieceQuestion): PieceIndex[] {
    const { pickable, priorities } = this.#ledger;
    const from = this.#from;
    if (from === 0) return pickable.among(peerHas, count);
    const isEarly = (piece: PieceIndex): number => Number(piece < from && piece >= from - rounding);
    return pickable
      .among(peerHas, count + rounding, from)
      .toSorted(
        (one, other) =>
          (priorities[other] ?? 0) - (priorities[one] ?? 0) || isEarly(one) - isEarly(other),
      )
      .slice(0, count);
  }

  putBack(): void {}

  forget(): void {}
}
