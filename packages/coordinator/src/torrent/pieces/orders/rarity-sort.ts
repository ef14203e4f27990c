// Sorts the pickable pieces by priority, then by rarity, in slices: availability may change and pieces may be leased
// between two slices, so the class of a piece is read once.

import type { PieceIndex } from "@troupe/protocol/units";
import { peersWith } from "../../report/traffic.ts";
import { PieceState, type PieceLedger } from "../piece-ledger.ts";

/** Pieces of a slice; a sort passes all pieces twice. */
export const slicePieces = 2048;
/** Classes of rarity of a priority; its more common pieces count as equal. */
const mostClasses = 256;
/** Pieces that a peer has, and the unused class of no peer. */
const fewestClasses = 2;
/** Over all priorities, as far as each has the fewest. */
const classesInAll = 65_536;

/** Pieces in the order in which they are leased. */
export interface SortedPieces {
  readonly pieces: Uint32Array;
  /** Length of the start of `pieces` that shares the highest priority. */
  readonly topCount: number;
}

/**
 * A counting sort. Equally rare pieces run from piece `first`. Pieces that no peer has come last: the peers that ask do
 * not have them.
 *
 * @yields Between the slices of each pass.
 */
export function* sortByRarity(
  ledger: PieceLedger,
  availability: readonly Uint16Array[],
  first: number,
): Generator<undefined, SortedPieces, undefined> {
  const pieceCount = ledger.states.length;
  const classes = new PieceClasses(ledger, availability);
  for (let from = 0; from < pieceCount; from += slicePieces) {
    if (from > 0) yield;
    classes.count(from, Math.min(pieceCount, from + slicePieces));
  }
  const topCount = classes.sumUp();
  const pieces = new Uint32Array(classes.pieceCount);
  for (let from = 0; from < pieceCount; from += slicePieces) {
    if (from > 0) yield;
    classes.place(first + from, first + Math.min(pieceCount, from + slicePieces), pieces);
  }
  return { pieces, topCount };
}

/** The classes of a counting sort: one for each rarity of a priority. */
class PieceClasses {
  pieceCount = 0;
  readonly #ledger: PieceLedger;
  readonly #availability: readonly Uint16Array[];
  readonly #classesPerPriority: number;
  /** Per priority: its first class. */
  readonly #firstClasses = new Map<number, number>();
  /** From here on, a class a priority for pieces that no peer has. */
  readonly #withoutPeers: number;
  /** Class + 1 of each piece; 0 is not pickable. */
  readonly #ofPieces: Uint32Array;
  /** Pieces of each class, then the place of its next piece. */
  readonly #places: Uint32Array;

  constructor(ledger: PieceLedger, availability: readonly Uint16Array[]) {
    const { priorities } = ledger.pickable;
    this.#ledger = ledger;
    this.#availability = availability;
    const share = Math.floor(classesInAll / priorities.length);
    this.#classesPerPriority = Math.max(fewestClasses, Math.min(mostClasses, share));
    for (const [rank, priority] of priorities.entries()) {
      this.#firstClasses.set(priority, rank * this.#classesPerPriority);
    }
    this.#withoutPeers = priorities.length * this.#classesPerPriority;
    this.#ofPieces = new Uint32Array(ledger.states.length);
    this.#places = new Uint32Array(this.#withoutPeers + priorities.length);
  }

  /** Reads the classes of the pieces from `from` to before `end`. */
  count(from: number, end: number): void {
    const { priorities, states } = this.#ledger;
    let priority = 0;
    let firstClass: number | undefined;
    for (let piece = from; piece < end; piece++) {
      if (states[piece] !== PieceState.missing) continue;
      if (priorities[piece] !== priority) {
        priority = priorities[piece] ?? 0;
        firstClass = this.#firstClasses.get(priority);
      }
      if (firstClass === undefined) continue;
      const ofPiece = this.#classOf(firstClass, peersWith(this.#availability, piece as PieceIndex));
      this.#ofPieces[piece] = ofPiece + 1;
      this.#places[ofPiece] = (this.#places[ofPiece] ?? 0) + 1;
      this.pieceCount++;
    }
  }

  /** Turns the counts into places. @returns The pieces that share the priority of the first. */
  sumUp(): number {
    let sum = 0;
    let topCount = 0;
    for (let at = 0; at < this.#places.length; at++) {
      const isFirstClass = at % this.#classesPerPriority === 0 && at <= this.#withoutPeers;
      if (isFirstClass && topCount === 0) topCount = sum;
      const count = this.#places[at] ?? 0;
      this.#places[at] = sum;
      sum += count;
    }
    return topCount === 0 ? sum : topCount;
  }

  /** Puts counted pieces in their places. Piece 0 follows the last. */
  place(from: number, end: number, sorted: Uint32Array): void {
    const pieceCount = this.#ofPieces.length;
    for (let step = from; step < end; step++) {
      const piece = step < pieceCount ? step : step - pieceCount;
      const ofPiece = (this.#ofPieces[piece] ?? 0) - 1;
      if (ofPiece < 0) continue;
      const place = this.#places[ofPiece] ?? 0;
      sorted[place] = piece;
      this.#places[ofPiece] = place + 1;
    }
  }

  #classOf(firstClass: number, peers: number): number {
    if (peers === 0) return this.#withoutPeers + firstClass / this.#classesPerPriority;
    return firstClass + Math.min(peers, this.#classesPerPriority - 1);
  }
}
