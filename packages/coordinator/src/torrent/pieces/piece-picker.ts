// Chooses the pieces to lease next for a peer: only missing, wanted pieces of this very peer, in the torrent's order.

import type { Random } from "@troupe/actor-runtime";
import type { PieceIndex } from "@troupe/protocol/units";
import { AvailableSearch } from "./available-search.ts";
import { builtInOrder, type OrderChoice } from "./orders/built-in-order.ts";
import { Deadlines, type DueMove, type DuePiece } from "./orders/deadlines.ts";
import type { PieceOrder, PieceQuestion } from "./orders/piece-order.ts";
import type { PieceLedger } from "./piece-ledger.ts";
import { RunPicker, type PieceRun, type RunPick } from "./runs/run-picker.ts";

/** @returns A picker by rarity, or by index; deadlines go before both. */
export function makePicker(
  ledger: PieceLedger,
  random: Random,
  choice: OrderChoice = {},
): PiecePicker {
  return new PiecePicker(ledger, builtInOrder(ledger, random, choice), beginOf(choice));
}

/** The piece at which an order by index begins. */
function beginOf({ isSequential = false, fromPiece = 0 }: OrderChoice): number | undefined {
  return isSequential ? fromPiece : undefined;
}

/** Picks pieces of a torrent, in any order that it is given. */
export class PiecePicker {
  readonly #ledger: PieceLedger;
  readonly #order: Deadlines;
  #builtIn: PieceOrder;
  #mayWithhold = false;
  /** When it last left out all pieces of all peers in question. */
  withheldAtMs = -Infinity;
  readonly #runs: RunPicker;
  readonly #search: AvailableSearch;

  /**
   * @param order Order of the pieces without a deadline.
   * @param from The piece at which runs by index begin; undefined: runs begin in the longest gap.
   */
  constructor(ledger: PieceLedger, order: PieceOrder, from?: number) {
    this.#ledger = ledger;
    this.#builtIn = order;
    this.#order = new Deadlines(ledger, order);
    this.#runs = new RunPicker(ledger, from);
    this.#search = new AvailableSearch(ledger);
  }

  /** Replaces the order of the pieces without a deadline. @param order Undefined: the one of the constructor. */
  use(order: PieceOrder | undefined): void {
    this.#mayWithhold = order !== undefined;
    this.withheldAtMs = -Infinity;
    this.#builtIn.forget();
    this.#order.use(order ?? this.#builtIn);
  }

  /** Replaces the order of the constructor. A picker of the user's stays. */
  follow(order: PieceOrder, choice: OrderChoice): void {
    this.#builtIn = order;
    this.#runs.follow(beginOf(choice));
    if (!this.#mayWithhold) this.#order.use(order);
  }

  /** Whether a pick may leave out pieces for no reason that the engine knows. */
  get mayWithhold(): boolean {
    return this.#mayWithhold;
  }

  /** Replaces the deadlines of the torrent. */
  setDeadlines(due: readonly DuePiece[]): void {
    this.#order.set(due);
  }

  /** The pieces with a deadline that are not had; the earliest first. */
  get due(): readonly DuePiece[] {
    return this.#order.due;
  }

  /** @returns At most `count` missing, wanted pieces of the peer, best first. Leases none of them. */
  pick(question: PieceQuestion): PieceIndex[] {
    return this.#order.pick(question);
  }

  /** Picks for a web seed: its due pieces, those that come first, or else a run as {@link RunPicker.pick} does. */
  pickRun(question: PieceQuestion, run: PieceRun | undefined): RunPick {
    const due = this.#order.pickDue(question);
    const pieces = due.length > 0 ? due : this.#pickFirst(question);
    if (pieces.length > 0) return { pieces, run };
    return this.#runs.pick(question.peerHas, question.count, run);
  }

  #pickFirst(question: PieceQuestion): PieceIndex[] {
    return this.#mayWithhold ? [] : (this.#builtIn.pickFirst?.(question) ?? []);
  }

  /** @returns The leases that should move, as {@link Deadlines.moves}. */
  moves(...question: Parameters<Deadlines["moves"]>): DueMove[] {
    return this.#order.moves(...question);
  }

  hasMissing(peerHas: Uint8Array): boolean {
    return this.#ledger.pickable.hasAny(peerHas);
  }

  /** Searches like {@link AvailableSearch.isAnyAvailable}. */
  isAnyAvailable(availability: readonly Uint16Array[]): boolean {
    return this.#search.isAnyAvailable(availability);
  }

  /** May be picked before the next sort. */
  putBack(piece: PieceIndex): void {
    this.#order.putBack(piece);
  }

  /** Many pieces are missing again, or priorities changed. */
  forgetOrder(): void {
    this.#order.forget();
    this.#runs.forgetGaps();
    this.#search.forget();
  }
}
