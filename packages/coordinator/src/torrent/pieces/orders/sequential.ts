import type { PieceIndex } from "@troupe/protocol/units";
import type { PieceLedger } from "../piece-ledger.ts";
import type { PieceOrder, PieceQuestion } from "./piece-order.ts";

/** By priority, then by index, and nothing else. */
export class Sequential implements PieceOrder {
  readonly #ledger: PieceLedger;

  constructor(ledger: PieceLedger) {
    this.#ledger = ledger;
  }

  pick({ peerHas, count }: PieceQuestion): PieceIndex[] {
    return this.#ledger.pickable.among(peerHas, count);
  }

  putBack(): void {}

  forget(): void {}
}
