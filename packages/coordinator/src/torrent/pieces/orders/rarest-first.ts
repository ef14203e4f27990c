// The rarest pieces first, and random pieces while we have nothing to trade.
//
// Rules (re-check these when editing):
// 1. priority goes before all else, so that a file with 1000 is as good as finished before a file with 1 is begun;
// 2. fewer connected peers with the piece first, over all workers together;
// 3. among equals a run from a random start: peers of a swarm start at different places, and neighbours reach the
//    disk together;
// 4. the first pieces of a torrent at random, so that there is something to trade soon;
// 5. the work of a pick does not grow with the torrent: pieces are sorted at most once a second, each pick does one
//    slice of the sort, and a walk over the sorted pieces ends after some pieces that the peer lacks;
// 6. a peer whose walk ended so, or any peer before the first sort has ended, gets the rarest of some of its pieces;
// 7. a returned piece is picked before the sorted pieces, without waiting for the next sort, unless the peer has a
//    pickable piece of a higher priority.

import { LazySet, type Random } from "@troupe/actor-runtime";
import { hasBit } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";
import { peersWith } from "../../report/traffic.ts";
import type { PieceLedger } from "../piece-ledger.ts";
import type { PieceOrder, PieceQuestion } from "./piece-order.ts";
import { sortByRarity, type SortedPieces } from "./rarity-sort.ts";
import { RarityWalk } from "./rarity-walk.ts";

/** Pieces picked at random before rarity counts (libtorrent and the original client use 4). */
export const randomFirstPieces = 4;
/** Least time between two sorts; a torrent of more than 100,000 pieces takes longer, in proportion. */
const sortEveryMs = 1000;
const sortedPiecesPerMs = 100;
/** A walk ends after this many sorted pieces in a row that the peer lacks. */
export const mostMisses = 128;
/** Returned pieces looked at in a pick. */
const mostReturnedLooks = 64;
/** Pieces of the peer among which the rarest are chosen when a walk found too few. */
export const comparedPieces = 64;

/** Highest priority, and highest count of peers. */
const maxUint16 = 0xffff;

/** Sorted in slices; leased pieces stay in the order until the next sort. */
export class RarestFirst implements PieceOrder {
  readonly #ledger: PieceLedger;
  readonly #random: Random;
  #walk: RarityWalk | undefined;
  #sort: Generator<undefined, SortedPieces, undefined> | undefined;
  #sortBeganAtMs = -Infinity;
  /** Missing again since the last sort began; the sorted pieces contain some. */
  readonly #returned = new LazySet<PieceIndex>();

  constructor(ledger: PieceLedger, random: Random) {
    this.#ledger = ledger;
    this.#random = random;
  }

  pick(question: PieceQuestion): PieceIndex[] {
    if (this.#ledger.pickable.count === 0) return [];
    this.#sortSlice(question);
    const picked = new Set<PieceIndex>();
    this.#pickReturned(question, picked);
    this.#pickSorted(question, picked);
    if (picked.size < question.count) this.#pickRarestOfSome(question, picked);
    return [...picked];
  }

  putBack(piece: PieceIndex): void {
    this.#returned.add(piece);
  }

  forget(): void {
    this.#walk = undefined;
    this.#sort = undefined;
    this.#sortBeganAtMs = -Infinity;
  }

  get #isFirst(): boolean {
    return this.#ledger.hadCount < randomFirstPieces;
  }

  #sortSlice({ availability, nowMs }: PieceQuestion): void {
    const pieceCount = this.#ledger.states.length;
    const everyMs = Math.max(sortEveryMs, pieceCount / sortedPiecesPerMs);
    if (this.#sort === undefined) {
      if (nowMs - this.#sortBeganAtMs < everyMs) return;
      this.#sort = sortByRarity(this.#ledger, availability, this.#random.integer(pieceCount));
      this.#sortBeganAtMs = nowMs;
      this.#returned.clear();
    }
    const slice = this.#sort.next();
    if (slice.done !== true) return;
    this.#walk = new RarityWalk(this.#ledger, slice.value);
    this.#sort = undefined;
  }

  #pickReturned({ peerHas, count }: PieceQuestion, picked: Set<PieceIndex>): void {
    if (this.#returned.size === 0) return;
    const { pickable, priorities } = this.#ledger;
    const [best] = pickable.among(peerHas, 1);
    if (best === undefined) return;
    let looks = 0;
    for (const piece of this.#returned) {
      if (picked.size >= count || looks++ >= mostReturnedLooks) return;
      if (!this.#ledger.isMissing(piece)) this.#returned.delete(piece);
      else if (priorities[piece] === priorities[best] && hasBit(peerHas, piece)) picked.add(piece);
    }
  }

  #pickSorted(question: PieceQuestion, picked: Set<PieceIndex>): void {
    const walk = this.#walk;
    if (walk === undefined) return;
    const { length, topCount } = walk;
    const start = this.#isFirst && topCount > 0 ? this.#random.integer(topCount) : 0;
    // The peer may have pieces of a priority that a walk gave up on: it gets no piece of a lower one yet.
    for (const [from, end] of [
      [start, topCount],
      [0, start],
      [topCount, length],
    ] as const) {
      if (!pickBetween(walk, from, end, question, picked)) return;
    }
  }

  /** Picks the rarest of some pieces from a random place on. */
  #pickRarestOfSome(
    { peerHas, count, availability }: PieceQuestion,
    picked: Set<PieceIndex>,
  ): void {
    const { pickable, priorities, states } = this.#ledger;
    const from = this.#random.integer(states.length);
    const some = pickable.among(peerHas, Math.max(comparedPieces, count), from);
    const chosen = this.#isFirst ? some : rarestFirst(some, priorities, availability);
    for (const piece of chosen) {
      if (picked.size >= count) return;
      picked.add(piece);
    }
  }
}

/** Sorts pieces by priority, then by rarity. Numbers of a typed array are sorted faster than pieces by a function. */
function rarestFirst(
  pieces: readonly PieceIndex[],
  priorities: Uint16Array,
  availability: readonly Uint16Array[],
): PieceIndex[] {
  const keys = new Float64Array(pieces.length);
  for (const [at, piece] of pieces.entries()) {
    const rank = maxUint16 - (priorities[piece] ?? 0);
    const peers = Math.min(maxUint16, peersWith(availability, piece));
    keys[at] = (rank * (maxUint16 + 1) + peers) * pieces.length + at;
  }
  keys.sort();
  return Array.from(keys, (key) => pieces[key % pieces.length] as PieceIndex);
}

/** @returns False if the peer lacked too many pieces in a row. */
function pickBetween(
  walk: RarityWalk,
  from: number,
  end: number,
  { peerHas, count }: PieceQuestion,
  picked: Set<PieceIndex>,
): boolean {
  let misses = 0;
  for (let place = walk.next(from); place < end; place = walk.next(place + 1)) {
    if (picked.size >= count) return true;
    if (misses >= mostMisses) return false;
    const piece = walk.at(place);
    misses = hasBit(peerHas, piece) ? 0 : misses + 1;
    if (misses === 0) picked.add(piece);
  }
  return true;
}
