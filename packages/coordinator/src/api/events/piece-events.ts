import type { PieceEvent, PiecesHadEvent } from "@troupe/messages";

/** The `piece` event of each piece, in order. */
export function* pieceEventsOf({
  pieces,
  tookMs,
  origins,
  contributors,
}: PiecesHadEvent): Generator<PieceEvent> {
  for (const [place, index] of pieces.entries()) {
    yield {
      event: "piece",
      index,
      verified: true,
      tookMs: tookMs[place] ?? 0,
      contributors: contributors[origins[place] ?? 0] ?? [],
    };
  }
}
