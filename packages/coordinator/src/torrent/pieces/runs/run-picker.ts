// Chooses the pieces to lease next for a web seed: runs of adjacent pieces, so that it answers few long requests. A run
// begins in the longest gap (BEP 19, "Gap"), which leaves small gaps to the peers.

import { pieceLength } from "@troupe/protocol/metainfo";
import { hasBit } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";
import { type BitfieldWords, wordsOf } from "../piece-bits.ts";
import type { PieceLedger } from "../piece-ledger.ts";
import { type Gap, GapSearch } from "./gap-search.ts";

/** Most bytes of a run; at least one piece. */
const longestRunBytes: number = 16 * 2 ** 20;
/** Gaps that are kept from a search. */
const mostGaps = 64;

/** The rest of a run. */
export interface PieceRun {
  readonly next: number;
  /** The index after the last piece. */
  readonly end: number;
  /** The search that found its gap. */
  readonly search: number;
}

/** The picked pieces, and the run from which the next pick continues. */
export interface RunPick {
  readonly pieces: readonly PieceIndex[];
  readonly run: PieceRun | undefined;
}

/** Picks runs of a torrent, among the missing pieces with the highest priority. */
export class RunPicker {
  readonly #ledger: PieceLedger;
  /** The piece at which an order by index begins; undefined: the longest gaps come first. */
  #from: number | undefined;
  readonly #piecesPerRun: number;
  /** The gaps to use, the next one last. */
  #gaps: Gap[] = [];
  readonly #gapSearch = new GapSearch();
  #search = 0;

  /** @param from The piece at which an order by index begins; undefined: the longest gaps come first. */
  constructor(ledger: PieceLedger, from: number | undefined) {
    this.#ledger = ledger;
    this.#from = from;
    const pieceBytes = pieceLength(ledger.geometry, 0);
    this.#piecesPerRun = Math.max(1, Math.floor(longestRunBytes / pieceBytes));
  }

  /** Changes the order of the gaps. The rests of earlier runs end: the new gaps hold their pieces too. */
  follow(from: number | undefined): void {
    this.#from = from;
    this.forgetGaps();
  }

  /** Priorities changed, or many pieces are missing again. */
  forgetGaps(): void {
    this.#gapSearch.forget();
    this.#gaps = [];
    this.#search++;
  }

  /**
   * @param has The web seed's bitfield, wire order.
   * @param count Pieces wanted, at least 1.
   * @param run Run of the last pick for this web seed.
   */
  pick(has: Uint8Array, count: number, run: PieceRun | undefined): RunPick {
    const pieces: PieceIndex[] = [];
    const words = wordsOf(has);
    let rest = run?.search === this.#search ? run : undefined;
    while (pieces.length < count) {
      if (rest === undefined || rest.next >= rest.end || !this.#mayPick(rest.next, has)) {
        if (rest !== undefined) this.#putBack(rest);
        // The pieces of this pick still look missing.
        rest = this.#cutRun(words) ?? (pieces.length === 0 ? this.#searchRun(words) : undefined);
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
    const index = piece as PieceIndex;
    return this.#ledger.isPickable(index) && hasBit(has, piece);
  }

  #searchRun(has: BitfieldWords): PieceRun | undefined {
    const { top } = this.#ledger.pickable;
    if (top === undefined) return undefined;
    if (this.#from !== undefined) this.#gapSearch.forget(this.#from);
    this.#gaps = this.#gapSearch.next(top);
    // The gaps hold the rests of earlier runs too: a pick that used both would name a piece twice.
    this.#search++;
    this.#sortGaps();
    return this.#cutRun(has);
  }

  /** Another peer has a piece of the run. */
  #putBack({ next, end }: PieceRun): void {
    this.#gaps.push({ start: next, end });
    this.#sortGaps();
  }

  /** From the best gap with a piece of the web seed. */
  #cutRun(has: BitfieldWords): PieceRun | undefined {
    const { all } = this.#ledger.pickable;
    for (let at = this.#gaps.length - 1; at >= 0; at--) {
      const gap = this.#gaps[at];
      if (gap === undefined) break;
      gap.start = Math.min(gap.end, all.firstFrom(gap.start) ?? gap.end);
      if (gap.start >= gap.end) this.#gaps.splice(at, 1);
      const next = all.firstShared(has, gap.start, gap.end);
      if (next === undefined) continue;
      const end = Math.min(gap.end, next + this.#piecesPerRun);
      this.#gaps.splice(at, 1, { start: gap.start, end: next }, { start: end, end: gap.end });
      this.#sortGaps();
      return { next, end, search: this.#search };
    }
    return undefined;
  }

  #sortGaps(): void {
    const lengthOf = ({ start, end }: Gap): number => end - start;
    const from = this.#from;
    const rank: (gap: Gap) => number =
      // From the last piece back to `from`, round the end of the torrent.
      from === undefined ? lengthOf : ({ start }) => (start < from ? -1 - start : 2 ** 32 - start);
    this.#gaps = this.#gaps
      .filter((gap) => lengthOf(gap) > 0)
      .sort((one, other) => rank(one) - rank(other))
      .slice(-mostGaps);
  }
}
