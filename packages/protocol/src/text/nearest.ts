// Suggests a known word for a misspelt one.

/** More slips make another word. */
const lettersASlip = 3;

/**
 * @returns The candidate with the fewest slips (a letter more, less, another, or two swapped), the first of several;
 *   undefined when none is near.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const maxDistance = Math.max(1, Math.floor(word.length / lettersASlip));
  let best: string | undefined;
  let fewest = maxDistance + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > maxDistance) continue;
    const count = editDistance(word, candidate);
    if (count < fewest) [best, fewest] = [candidate, count];
  }
  return best;
}

/** `; did you mean X?`, or nothing. */
export function suggestion(word: string, candidates: readonly string[], spell = ""): string {
  const meant = nearest(word, candidates);
  return meant === undefined ? "" : `; did you mean ${spell}${meant}?`;
}

/** Optimal string alignment: the edit distance with swaps of neighbours. */
function editDistance(left: string, right: string): number {
  let before: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let row = 1; row <= left.length; row++) {
    const next = [row];
    for (let column = 1; column <= right.length; column++) {
      const isSame = left[row - 1] === right[column - 1];
      let least = Math.min(
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
      );
      const isSwap = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (row > 1 && column > 1 && isSwap) least = Math.min(least, (before[column - 2] ?? 0) + 1);
      next.push(least);
    }
    [before, last] = [last, next];
  }
  return last[right.length] ?? 0;
}
