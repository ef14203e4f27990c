import type { PieceEvent, PiecesHadEvent } from "@troupe/messages";

/** The `piece` event of each piece, in order. */
export function pieceEventsOf({
  pieces,
  tookMs,
  origins,
  contributors,
}: PiecesHadEvent): PieceEvent[] {
  return pieces.map((index, place) => ({
    event: "piece",
    index,
    verified: true,
    tookMs: tookMs[place] ?? 0,
    contributors: contributors[origins[place] ?? 0] ?? [],
  }));
}

/** The torrent on the user's thread, as far as pieces that are had change it. */
interface HadReceiver {
  readonly events: { isHeard(name: string): boolean };
  readonly figures: { addPieces(indexes: readonly number[]): void };
  readonly services: { readonly lock: { readonly isProvisional: boolean } };
  receive(event: PieceEvent): void;
}

/** Counts the pieces. Thousands a second may come: events are made only for listeners, or for a lock to renew. */
export function receiveHad(torrent: HadReceiver, sent: PiecesHadEvent): void {
  const { events, figures, services } = torrent;
  const isHeard = events.isHeard("piece") || services.lock.isProvisional;
  if (!isHeard) return figures.addPieces(sent.pieces);
  for (const event of pieceEventsOf(sent)) torrent.receive(event);
}
