// Chooses the pieces to lease next for a web seed: runs of adjacent pieces, so that it answers few long requests. A run
// begins in the longest gap (BEP 19, "Gap"), which leaves small gaps to the peers.

import { hasBit, pieceLength, type PieceIndex } from "@troupe/protocol";
import { PieceState, type PieceLedger } from "./piece-ledger.ts";

/** Of a run; at least one piece. */
export const longestRunBytes: number = 16 * 2 ** 20;
/** The gaps of two million pieces are looked for at most once in this time. */
const gapLifeMs = 1_000;
/** Torrents with fewer pieces look again as soon as no gap is left. */
const fewPieces = 65_536;
const mostGaps = 64;

/** The rest of a run. */
export interface PieceRun {
  readonly next: number;
  /** After its last piece. */
  readonly end: number;
  /** Of the gaps that it was cut from. */
  readonly search: number;
}

/** Adjacent missing pieces. */
interface Gap {
  start: number;
  /** After the last piece. */
  readonly end: number;
}

/** The picked pieces, and the run from which the next pick continues. */
export interface RunPick {
  readonly pieces: readonly PieceIndex[];
  readonly run: PieceRun | undefined;
}

/** Picks runs of a torrent, among the missing pieces with the highest priority. */
export class RunPicker {
  readonly #ledger: PieceLedger;
  readonly #isSequential: boolean;
  readonly #piecesPerRun: number;
  /** The one to be used next is the last. */
  #gaps: Gap[] = [];
  #foundAtMs = -Infinity;
  #search = 0;

  constructor(ledger: PieceLedger, isSequential: boolean) {
    this.#ledger = ledger;
    this.#isSequential = isSequential;
    const pieceBytes = pieceLength(ledger.geometry, 0);
    this.#piecesPerRun = Math.max(1, Math.floor(longestRunBytes / pieceBytes));
  }

  /** Priorities changed, or many pieces are missing again. */
  forgetGaps(): void {
    this.#foundAtMs = -Infinity;
    this.#gaps = [];
    this.#search++;
  }

  /**
   * @param has The web seed's bitfield, wire order.
   * @param count Pieces wanted, at least 1.
   * @param run Of the last pick for this web seed.
   */
  pick(has: Uint8Array, count: number, run: PieceRun | undefined, nowMs: number): RunPick {
    const pieces: PieceIndex[] = [];
    let rest = run?.search === this.#search ? run : undefined;
    while (pieces.length < count) {
      if (rest === undefined || rest.next >= rest.end || !this.#mayPick(rest.next, has)) {
        if (rest !== undefined) this.#putBack(rest);
        // The pieces of this pick still look missing.
        rest = this.#cutRun(has) ?? (pieces.length === 0 ? this.#searchRun(has, nowMs) : undefined);
        if (rest === undefined) break;
      }
      pieces.push(rest.next as PieceIndex);
      rest = { ...rest, next: rest.next + 1 };
    }
    // The kept gaps are the longest of the highest priority; this web seed may lack them all.
    if (pieces.length === 0) {
      return { pieces: this.#ledger.pickable.among(has, count), run: undefined };
    }
    return { pieces, run: rest };
  }

  #mayPick(piece: number, has: Uint8Array): boolean {
    return this.#isOpen(piece) && hasBit(has, piece);
  }

  #isOpen(piece: number): boolean {
    const index = piece as PieceIndex;
    return this.#ledger.isMissing(index) && this.#ledger.isWanted(index);
  }

  #searchRun(has: Uint8Array, nowMs: number): PieceRun | undefined {
    const { missingCount, states } = this.#ledger;
    const isFresh = nowMs - this.#foundAtMs < gapLifeMs;
    if (missingCount === 0 || (isFresh && states.length > fewPieces)) return undefined;
    this.#findGaps(nowMs);
    return this.#cutRun(has);
  }

  /** Another peer has a piece of the run. */
  #putBack({ next, end }: PieceRun): void {
    this.#gaps.push({ start: next, end });
    this.#sortGaps();
  }

  /** From the best gap with a piece of the web seed. */
  #cutRun(has: Uint8Array): PieceRun | undefined {
    for (let at = this.#gaps.length - 1; at >= 0; at--) {
      const gap = this.#gaps[at];
      if (gap === undefined) break;
      while (gap.start < gap.end && !this.#isOpen(gap.start)) gap.start++;
      let next = gap.start;
      while (next < gap.end && !this.#mayPick(next, has)) next++;
      if (gap.start >= gap.end) this.#gaps.splice(at, 1);
      if (next >= gap.end) continue;
      const end = Math.min(gap.end, next + this.#piecesPerRun);
      this.#gaps.splice(at, 1, { start: gap.start, end: next }, { start: end, end: gap.end });
      this.#sortGaps();
      return { next, end, search: this.#search };
    }
    return undefined;
  }

  #findGaps(nowMs: number): void {
    const { states, priorities } = this.#ledger;
    let top = 1;
    let gaps: Gap[] = [];
    let start = -1;
    for (let piece = 0; piece <= states.length; piece++) {
      const priority = states[piece] === PieceState.missing ? (priorities[piece] ?? 0) : 0;
      if (priority > top) {
        top = priority;
        gaps = [];
        start = -1;
      }
      if (priority === top && priority > 0 && start < 0) start = piece;
      else if (priority !== top && start >= 0) {
        gaps.push({ start, end: piece });
        start = -1;
      }
    }
    this.#gaps = gaps;
    this.#foundAtMs = nowMs;
    // The gaps hold the rests of earlier runs too: a pick that used both would name a piece twice.
    this.#search++;
    this.#sortGaps();
  }

  #sortGaps(): void {
    const lengthOf = ({ start, end }: Gap): number => end - start;
    this.#gaps = this.#gaps
      .filter((gap) => lengthOf(gap) > 0)
      .sort((one, other) =>
        this.#isSequential ? other.start - one.start : lengthOf(one) - lengthOf(other),
      )
      .slice(-mostGaps);
  }
}
