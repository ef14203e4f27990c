// Searches the gaps in a set of pieces, some at a time: a torrent of millions of pieces may have millions of gaps.

import type { PieceBits } from "../piece-bits.ts";

/** Gaps that a search looks at. */
export const gapsPerSearch = 512;

/** A gap: adjacent missing pieces. */
export interface Gap {
  start: number;
  /** The index after the last piece. */
  readonly end: number;
}

/** Searches the gaps of a torrent. Each search begins behind the last one, and the first gap follows the last. */
export class GapSearch {
  #at = 0;

  /** The next search begins at this piece. */
  forget(from = 0): void {
    this.#at = from;
  }

  /** @returns The next gaps in their order; after the last gap the gaps from piece 0 on. */
  next(pieces: PieceBits): Gap[] {
    const from = this.#at;
    const gaps: Gap[] = [];
    this.#at = collectGaps(pieces, from, Infinity, gaps);
    if (gaps.length < gapsPerSearch) this.#at = collectGaps(pieces, 0, from, gaps);
    return gaps;
  }
}

/** @returns The piece at which the next search begins. */
function collectGaps(pieces: PieceBits, from: number, before: number, gaps: Gap[]): number {
  let at = from;
  while (gaps.length < gapsPerSearch) {
    const start = pieces.firstFrom(at);
    if (start === undefined || start >= before) return 0;
    at = Math.min(before, pieces.endOfRun(start));
    gaps.push({ start, end: at });
  }
  return at;
}
