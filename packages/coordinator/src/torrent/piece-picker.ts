// Which pieces to lease next for a peer: the rarest that it has, random ones while we have nothing to trade.
//
// What a pick must weigh (re-check these when editing):
// 1. only missing pieces that this very peer has;
// 2. fewer connected peers with the piece first, over all workers together;
// 3. among equals a run from a random start: peers of a swarm start at different places, and the disk sees
//    neighbours together;
// 4. the first pieces of a torrent at random, so that there is something to trade soon;
// 5. a pick over two million pieces must not hold up the engine thread: the order is sorted at most once a
//    second (counting sort), and a pick walks it from the front;
// 6. a piece that came back is picked at once, before the order: it must not wait for the next sort, and sorting
//    for each of them would let peers that fail pieces stall the engine.

import type { Random } from "@troupe/actor-runtime";
import { hasBit, type PieceIndex } from "@troupe/protocol";
import type { PieceLedger } from "./piece-ledger.ts";

/** Pieces that are picked at random before rarity counts (libtorrent and the original client use 4). */
export const randomFirstPieces = 4;
const orderLifeMs = 1000;
/** Rarer than this and more common are sorted apart; above it all count the same. */
const rarityClasses = 256;

/** Picks pieces of one torrent. */
export class PiecePicker {
  readonly #ledger: PieceLedger;
  readonly #random: Random;
  #order = new Uint32Array(0);
  #sortedAtMs = -Infinity;
  /** Missing again since the order was sorted; some of them are in it. */
  readonly #cameBack = new Set<PieceIndex>();

  constructor(ledger: PieceLedger, random: Random) {
    this.#ledger = ledger;
    this.#random = random;
  }

  /**
   * @param peerHas The peer's bitfield, wire order.
   * @param count Pieces wanted, at least 1.
   * @param availability One table a worker: connected peers that have each piece.
   * @returns At most `count` missing pieces of the peer, best first. Nothing is marked.
   */
  pick(
    peerHas: Uint8Array,
    count: number,
    availability: readonly Uint16Array[],
    nowMs: number,
  ): PieceIndex[] {
    if (this.#ledger.missingCount === 0) return [];
    if (nowMs - this.#sortedAtMs >= orderLifeMs) this.#sort(availability, nowMs);
    const picked = this.#pickCameBack(peerHas, count);
    const order = this.#order;
    const start =
      this.#ledger.hadCount < randomFirstPieces ? this.#random.integer(order.length) : 0;
    for (let step = 0; step < order.length && picked.length < count; step++) {
      const piece = order[(start + step) % order.length] as PieceIndex;
      if (!this.#ledger.isMissing(piece) || !hasBit(peerHas, piece)) continue;
      if (!this.#cameBack.has(piece)) picked.push(piece);
    }
    return picked;
  }

  /** Whether the peer has anything that is missing. */
  hasMissing(peerHas: Uint8Array): boolean {
    const { states } = this.#ledger;
    for (let piece = 0; piece < states.length; piece++) {
      if (states[piece] === 0 && hasBit(peerHas, piece)) return true;
    }
    return false;
  }

  /** One piece is missing again: it may be picked before the next sort. */
  comeBack(piece: PieceIndex): void {
    this.#cameBack.add(piece);
  }

  /** Many pieces are missing again (a worker is gone): the next pick sorts. */
  forgetOrder(): void {
    this.#sortedAtMs = -Infinity;
  }

  #pickCameBack(peerHas: Uint8Array, count: number): PieceIndex[] {
    const picked: PieceIndex[] = [];
    for (const piece of this.#cameBack) {
      if (picked.length >= count) break;
      if (this.#ledger.isMissing(piece) && hasBit(peerHas, piece)) picked.push(piece);
    }
    return picked;
  }

  #sort(availability: readonly Uint16Array[], nowMs: number): void {
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
    for (let rank = 1; rank <= rarityClasses; rank++) {
      starts[rank] = (starts[rank] ?? 0) + (starts[rank - 1] ?? 0);
    }
    const order = new Uint32Array(missingCount);
    for (let step = 0; step < states.length; step++) {
      const piece = (first + step) % states.length;
      if (states[piece] === 0) order[bump(starts, rarity[piece] ?? 0)] = piece;
    }
    this.#order = order;
    this.#sortedAtMs = nowMs;
    this.#cameBack.clear();
  }
}

/** Adds one to `counts[at]`; @returns what was there before. */
function bump(counts: Uint32Array, at: number): number {
  const before = counts[at] ?? 0;
  counts[at] = before + 1;
  return before;
}
