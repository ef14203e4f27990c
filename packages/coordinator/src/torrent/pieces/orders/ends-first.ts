import { hasBit } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";
import type { PieceLedger } from "../piece-ledger.ts";
import type { PieceOrder, PieceQuestion } from "./piece-order.ts";

/** Ends that a pick looks at; a torrent may have two a file. */
const mostLooks = 1_024;

/** Some pieces by index, such as the first and last of each file, then the pieces of another order. */
export class EndsFirst implements PieceOrder {
  readonly #ledger: PieceLedger;
  readonly #otherwise: PieceOrder;
  readonly #all: readonly PieceIndex[];
  /** Without pieces that were not missing when they were looked at. */
  #ends: readonly PieceIndex[];

  constructor(ledger: PieceLedger, ends: readonly PieceIndex[], otherwise: PieceOrder) {
    this.#ledger = ledger;
    this.#all = ends;
    this.#ends = ends;
    this.#otherwise = otherwise;
  }

  pick(question: PieceQuestion): PieceIndex[] {
    const picked = this.pickFirst(question);
    if (picked.length >= question.count) return picked;
    const others = this.#otherwise.pick(question).filter((piece) => !picked.includes(piece));
    return [...picked, ...others].slice(0, question.count);
  }

  pickFirst({ peerHas, count }: PieceQuestion): PieceIndex[] {
    const looked = this.#ends.slice(0, mostLooks);
    const open = looked.filter((piece) => this.#ledger.isPickable(piece));
    if (open.length < looked.length) this.#ends = [...open, ...this.#ends.slice(mostLooks)];
    return open.filter((piece) => hasBit(peerHas, piece)).slice(0, count);
  }

  putBack(piece: PieceIndex): void {
    this.#otherwise.putBack(piece);
    if (this.#all.length !== this.#ends.length) this.#ends = this.#all;
  }

  forget(): void {
    this.#otherwise.forget();
    this.#ends = this.#all;
  }
}
