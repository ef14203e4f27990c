import { outOfRange, within } from "@troupe/control";
import { mostDeadlines, type Deadline } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

/** A day. */
const longestMs = 86_400_000;

/** Checks deadlines of pieces. @throws TroupeError `option-out-of-range` */
export function deadlinesWithin(
  list: readonly { readonly piece: number; readonly ms: number }[],
  pieceCount: number,
): readonly Deadline[] {
  if (list.length > mostDeadlines)
    throw outOfRange("deadlines", `a list of ${list.length}`, `a list of ${mostDeadlines} at most`);
  return list.map(({ piece, ms }) => ({
    piece: within("piece", piece, 0, pieceCount - 1) as PieceIndex,
    ms: within("ms", Math.round(ms), 0, longestMs),
  }));
}
