// Chooses the pieces to lease next for a peer: of the highest priority that it has, the rarest first, and random
// pieces while we have nothing to trade.
//
// Rules of a pick (re-check these when editing):
// 1. only missing, wanted pieces of this very peer; priority goes before all else, so that a file with 1000 is as
//    good as finished before a file with 1 is begun;
// 2. fewer connected peers with the piece first, over all workers together;
// 3. among equals a run from a random start: peers of a swarm start at different places, and neighbours reach the
//    disk together;
// 4. the first pieces of a torrent at random, so that there is something to trade soon;
// 5. a pick over two million pieces must not hold up the engine: the order is sorted at most once a second
//    (counting sort), and a pick walks it from its start;
// 6. a returned piece is picked before the order, without waiting for the next sort; a sort for each of them would
//    let peers that fail pieces stall the engine;
// 7. in sequence: by priority, then by index, and nothing else.

import type { Random } from "@troupe/actor-runtime";
import { hasBit, type PieceIndex } from "@troupe/protocol";
import type { PieceLedger } from "./piece-ledger.ts";
import { RunPicker, type PieceRun, type RunPick } from "./run-picker.ts";

/** Pieces picked at random before rarity counts (libtorrent and the original client use 4). */
export const randomFirstPieces = 4;
const orderLifeMs = 1000;
/** More common pieces count as equal. */
const rarityClasses = 256;

/** Picks pieces of a torrent. */
export class PiecePicker {
  readonly #ledger: PieceLedger;
  readonly #random: Random;
  readonly #isSequential: boolean;
  readonly #runs: RunPicker;
  /** Length of the start of the order that shares the highest priority. */
  #topCount = 0;
  #order: Uint32Array = new Uint32Array(0);
  #sortedAtMs = -Infinity;
  /** Missing again since the last sort; the order contains some. */
  readonly #returned = new Set<PieceIndex>();

  constructor(ledger: PieceLedger, random: Random, isSequential = false) {
    this.#ledger = ledger;
    this.#random = random;
    this.#isSequential = isSequential;
    this.#runs = new RunPicker(ledger, isSequential);
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
    if (this.#ledger.missingCount === 0) return [];
    if (nowMs - this.#sortedAtMs >= orderLifeMs) this.#sort(availability, nowMs);
    const picked = this.#pickReturned(peerHas, count);
    const order = this.#order;
    const top = this.#topCount;
    const isRandom = this.#ledger.hadCount < randomFirstPieces && !this.#isSequential;
    const start = isRandom && top > 0 ? this.#random.integer(top) : 0;
    for (let step = 0; step < order.length && picked.length < count; step++) {
      const piece = order[step < top ? (start + step) % top : step] as PieceIndex;
      if (!this.#mayPick(piece, peerHas)) continue;
      if (!this.#returned.has(piece)) picked.push(piece);
    }
    return picked;
  }

  /** As {@link RunPicker.pick}, for a web seed. */
  pickRun(has: Uint8Array, count: number, run: PieceRun | undefined, nowMs: number): RunPick {
    return this.#runs.pick(has, count, run, nowMs);
  }

  hasMissing(peerHas: Uint8Array): boolean {
    const { states } = this.#ledger;
    for (let piece = 0; piece < states.length; piece++) {
      if (this.#mayPick(piece as PieceIndex, peerHas)) return true;
    }
    return false;
  }

  isAnyAvailable(availability: readonly Uint16Array[]): boolean {
    const ledger = this.#ledger;
    if (ledger.missingCount === 0) return false;
    for (let index = 0; index < ledger.states.length; index++) {
      const piece = index as PieceIndex;
      if (!ledger.isMissing(piece) || !ledger.isWanted(piece)) continue;
      if (availability.some((table) => (table[piece] ?? 0) > 0)) return true;
    }
    return false;
  }

  /** May be picked before the next sort. */
  putBack(piece: PieceIndex): void {
    this.#returned.add(piece);
  }

  /** Many pieces are missing again, or priorities changed: the next pick sorts. */
  forgetOrder(): void {
    this.#sortedAtMs = -Infinity;
    this.#runs.forgetGaps();
  }

  #pickReturned(peerHas: Uint8Array, count: number): PieceIndex[] {
    const picked: PieceIndex[] = [];
    for (const piece of this.#returned) {
      if (picked.length >= count) break;
      if (this.#mayPick(piece, peerHas)) picked.push(piece);
    }
    return picked;
  }

  #mayPick(piece: PieceIndex, peerHas: Uint8Array): boolean {
    const ledger = this.#ledger;
    return ledger.isMissing(piece) && ledger.isWanted(piece) && hasBit(peerHas, piece);
  }

  #sort(availability: readonly Uint16Array[], nowMs: number): void {
    const byRarity = this.#isSequential ? this.#byIndex() : this.#byRarity(availability);
    const { order, topCount } = byPriority(byRarity, this.#ledger.priorities);
    this.#order = order;
    this.#topCount = topCount;
    this.#sortedAtMs = nowMs;
    this.#returned.clear();
  }

  #byIndex(): Uint32Array {
    const { states } = this.#ledger;
    return Uint32Array.from(states.keys()).filter((piece) => states[piece] === 0);
  }

  /** The rarest first; equally rare pieces run from a random start. */
  #byRarity(availability: readonly Uint16Array[]): Uint32Array {
    const { states, missingCount } = this.#ledger;
    const first = this.#random.integer(states.length);
    const rarity = new Uint8Array(states.length);
    const starts = new Uint32Array(rarityClasses + 1);
    for (let piece = 0; piece < states.length; piece++) {
      if (states[piece] !== 0) continue;
      let peers = 0;
      for (const table of availability) peers += table[piece] ?? 0;
      rarity[piece] = Math.min(peers, rarityClasses - 1);
      bump(starts, (rarity[piece] ?? 0) + 1);
    }
    sumUp(starts);
    const order = new Uint32Array(missingCount);
    for (let step = 0; step < states.length; step++) {
      const piece = (first + step) % states.length;
      if (states[piece] === 0) order[bump(starts, rarity[piece] ?? 0)] = piece;
    }
    return order;
  }
}

/** Keeps the order within a priority; leaves out unwanted pieces. */
function byPriority(
  pieces: Uint32Array,
  priorities: Uint16Array,
): { readonly order: Uint32Array; readonly topCount: number } {
  const usual = priorities[pieces[0] ?? 0] ?? 0;
  if (usual > 0 && pieces.every((piece) => priorities[piece] === usual)) {
    return { order: pieces, topCount: pieces.length };
  }
  const counts = new Map<number, number>();
  for (const piece of pieces) {
    const priority = priorities[piece] ?? 0;
    if (priority > 0) counts.set(priority, (counts.get(priority) ?? 0) + 1);
  }
  const highestFirst = [...counts].toSorted(([one], [other]) => other - one);
  const wantedCount = highestFirst.reduce((sum, [, count]) => sum + count, 0);
  const topCount = highestFirst[0]?.[1] ?? 0;
  const starts = new Map<number, number>();
  let start = 0;
  for (const [priority, count] of highestFirst) {
    starts.set(priority, start);
    start += count;
  }
  const order = new Uint32Array(wantedCount);
  for (const piece of pieces) {
    const priority = priorities[piece] ?? 0;
    const at = starts.get(priority);
    if (at === undefined) continue;
    order[at] = piece;
    starts.set(priority, at + 1);
  }
  return { order, topCount };
}

/** Turns counts into the start of each class. */
function sumUp(starts: Uint32Array): void {
  for (let rank = 1; rank < starts.length; rank++) {
    starts[rank] = (starts[rank] ?? 0) + (starts[rank - 1] ?? 0);
  }
}

/** @returns the value before. */
function bump(counts: Uint32Array, at: number): number {
  const before = counts[at] ?? 0;
  counts[at] = before + 1;
  return before;
}
