/** First and last piece. */
export type PieceRange = readonly [first: number, last: number];

/** Ascending and apart. */
export function rangesOf(pieces: readonly number[]): PieceRange[] {
  return mergeRanges(pieces.map((piece) => [piece, piece]));
}

/** Ascending and apart. */
export function mergeRanges(ranges: readonly PieceRange[]): PieceRange[] {
  const merged: [number, number][] = [];
  for (const [first, last] of ranges.toSorted(([one], [other]) => one - other)) {
    const open = merged.at(-1);
    if (open !== undefined && first <= open[1] + 1) open[1] = Math.max(open[1], last);
    else merged.push([first, last]);
  }
  return merged;
}
