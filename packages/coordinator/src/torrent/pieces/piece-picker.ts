// Chooses the pieces to lease next for a peer: only missing, wanted pieces of this very peer, in the torrent's order.

import type { Random } from "@troupe/actor-runtime";
import type { PieceIndex } from "@troupe/protocol";
import { AvailableSearch } from "./available-search.ts";
import type { PieceOrder } from "./orders/piece-order.ts";
import { RarestFirst } from "./orders/rarest-first.ts";
import { Sequential } from "./orders/sequential.ts";
import type { PieceLedger } from "./piece-ledger.ts";
import { RunPicker, type PieceRun, type RunPick } from "./run-picker.ts";

/** Picks pieces of a torrent. */
export class PiecePicker {
  readonly #ledger: PieceLedger;
  readonly #order: PieceOrder;
  readonly #runs: RunPicker;
  readonly #search: AvailableSearch;

  constructor(ledger: PieceLedger, random: Random, isSequential = false) {
    this.#ledger = ledger;
    this.#order = isSequential ? new Sequential(ledger) : new RarestFirst(ledger, random);
    this.#runs = new RunPicker(ledger, isSequential);
    this.#search = new AvailableSearch(ledger);
  }

  /**
   * @param peerHas The peer's bitfield, wire order.
   * @param count Pieces wanted, at least 1.
   * @param availability Per worker: connected peers that have each piece.
   * @returns At most `count` missing, wanted pieces of the peer, best first. Leases none of them.
   */
  pick(
    peerHas: Uint8Array,
    count: number,
    availability: readonly Uint16Array[],
    nowMs: number,
  ): PieceIndex[] {
    return this.#order.pick({ peerHas, count, availability, nowMs });
  }

  /** As {@link RunPicker.pick}, for a web seed. */
  pickRun(has: Uint8Array, count: number, run: PieceRun | undefined, nowMs: number): RunPick {
    return this.#runs.pick(has, count, run, nowMs);
  }

  hasMissing(peerHas: Uint8Array): boolean {
    return this.#ledger.pickable.hasAny(peerHas);
  }

  /** As {@link AvailableSearch.isAnyAvailable}. */
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
