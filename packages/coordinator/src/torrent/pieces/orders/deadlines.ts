// An order of pieces: pieces with a deadline, the earliest first, then the pieces of another order.
//
// Rules (re-check these when editing):
// 1. a deadline goes before priority and rarity, over all peer-workers together;
// 2. a peer-worker gets a due piece that it can have in time at its rate, after the due pieces that it holds;
// 3. a piece that would be late is left to a peer-worker that is more than twice as fast and has a peer that would send
//    it: a peer with the piece that chokes us would leave the reader without it;
// 4. a piece that its holder would have too late moves to such a peer-worker, if it has the piece sooner.

import { pieceLength } from "@troupe/protocol/metainfo";
import { clearBit, hasBit } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";
import type { Lease, PieceLedger } from "../piece-ledger.ts";
import type { PieceOrder, PieceQuestion, WorkerRates } from "./piece-order.ts";

/** A peer-worker is faster than another if it has more than this many times the rate. */
const fasterTimes = 2;
/** Late due pieces that a pick leaves to faster peer-workers; the peer gets no due piece beyond them. */
export const mostDueLooks = 128;
/** Pieces that move at a time. */
const mostMoves = 8;

/** A piece, and the time by which a reader needs it, on the engine's clock. */
export interface DuePiece {
  readonly piece: PieceIndex;
  readonly atMs: number;
}

/** A lease that another peer-worker should have. */
export interface DueMove {
  readonly lease: Lease;
  readonly to: number;
}

/** Puts due pieces before the pieces of another order. */
export class Deadlines implements PieceOrder {
  readonly #ledger: PieceLedger;
  #otherwise: PieceOrder;
  /** The deadlines, the earliest first; may contain had pieces. */
  #due: readonly DuePiece[] = [];

  /** @param otherwise The order of pieces without a deadline. */
  constructor(ledger: PieceLedger, otherwise: PieceOrder) {
    this.#ledger = ledger;
    this.#otherwise = otherwise;
  }

  /** The pieces with a deadline that are not had; the earliest first. */
  get due(): readonly DuePiece[] {
    const { map } = this.#ledger;
    if (this.#due.some(({ piece }) => map.has(piece)))
      this.#due = this.#due.filter(({ piece }) => !map.has(piece));
    return this.#due;
  }

  /** Replaces all deadlines. */
  set(due: readonly DuePiece[]): void {
    this.#due = due.toSorted((one, other) => one.atMs - other.atMs);
  }

  /** Replaces the order of pieces without a deadline. */
  use(otherwise: PieceOrder): void {
    this.#otherwise = otherwise;
  }

  pick(question: PieceQuestion): PieceIndex[] {
    if (this.#due.length === 0) return this.#otherwise.pick(question);
    const due = this.#share(question);
    const count = question.count - due.length;
    if (count <= 0) return due;
    const peerHas = this.#withoutDue(question.peerHas);
    return [...due, ...this.#otherwise.pick({ ...question, peerHas, count })];
  }

  /** @returns At most `count` due pieces of the peer. */
  pickDue(question: PieceQuestion): readonly PieceIndex[] {
    return this.#due.length === 0 ? [] : this.#share(question);
  }

  /** @returns The leases that move by the fourth rule. */
  moves(rates: WorkerRates, nowMs: number, mayMove: (lease: Lease) => boolean): DueMove[] {
    const moves: DueMove[] = [];
    if (this.#due.length === 0) return moves;
    const load = new WorkerLoad(rates);
    for (const { piece, atMs } of this.due) {
      const lease = this.#ledger.leaseAt(piece);
      if (lease === undefined || moves.length >= mostMoves) continue;
      const lengthBytes = pieceLength(this.#ledger.geometry, piece);
      const ms = load.msWith(lease.worker, lengthBytes);
      const isLate = nowMs + ms > atMs;
      const to = isLate ? load.soonestWith(piece, lease.worker, lengthBytes) : undefined;
      const isMoved = to !== undefined && load.msWith(to, lengthBytes) < ms && mayMove(lease);
      if (isMoved) moves.push({ lease, to });
      load.add(isMoved ? to : lease.worker, lengthBytes);
    }
    return moves;
  }

  putBack(piece: PieceIndex): void {
    this.#otherwise.putBack(piece);
  }

  forget(): void {
    this.#otherwise.forget();
  }

  /** Picks due pieces by the second and the third rule. */
  #share({ peerHas, count, worker, rates, nowMs }: PieceQuestion): PieceIndex[] {
    const picked: PieceIndex[] = [];
    const load = new WorkerLoad(rates);
    let looks = 0;
    for (const { piece, atMs } of this.due) {
      if (picked.length >= count || looks >= mostDueLooks) break;
      const lengthBytes = pieceLength(this.#ledger.geometry, piece);
      if (this.#ledger.leaseAt(piece)?.worker === worker) load.add(worker, lengthBytes);
      if (!this.#ledger.isPickable(piece) || !hasBit(peerHas, piece)) continue;
      const isLate = nowMs + load.msWith(worker, lengthBytes) > atMs;
      if (isLate && load.fasterWith(piece, worker).length > 0) {
        looks++;
        continue;
      }
      picked.push(piece);
      load.add(worker, lengthBytes);
    }
    return picked;
  }

  /** @returns A copy of the bitfield without the pieces that have a deadline. */
  #withoutDue(peerHas: Uint8Array): Uint8Array {
    const bits = peerHas.slice();
    for (const { piece } of this.#due) clearBit(bits, piece);
    return bits;
  }
}

/** The due bytes that each peer-worker holds. */
class WorkerLoad {
  readonly #rates: WorkerRates;
  readonly #bytes = new Map<number, number>();

  constructor(rates: WorkerRates) {
    this.#rates = rates;
  }

  add(worker: number, lengthBytes: number): void {
    this.#bytes.set(worker, (this.#bytes.get(worker) ?? 0) + lengthBytes);
  }

  /** Time until the worker has received its due bytes, and so many bytes more. */
  msWith(worker: number, lengthBytes: number): number {
    const bytes = (this.#bytes.get(worker) ?? 0) + lengthBytes;
    return (bytes * 1_000) / this.#rates.rateOf(worker);
  }

  fasterWith(piece: PieceIndex, worker: number): readonly number[] {
    const own = this.#rates.rateOf(worker);
    const isFaster = (other: number): boolean => this.#rates.rateOf(other) > fasterTimes * own;
    return this.#rates.workersWith(piece).filter(isFaster);
  }

  /** @returns The faster worker that would have the piece first. */
  soonestWith(piece: PieceIndex, worker: number, lengthBytes: number): number | undefined {
    const [soonest] = this.fasterWith(piece, worker).toSorted(
      (one, other) => this.msWith(one, lengthBytes) - this.msWith(other, lengthBytes),
    );
    return soonest;
  }
}
