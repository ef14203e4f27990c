// Suggestions to peers (BEP 6) of pieces that reads for other peers have just brought into memory.

import { PeerFlag } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

import type { TorrentContent } from "../../torrent.ts";
import type { SessionWithContent } from "../session.ts";

/** Suggests pieces to all peers of a torrent. Call it once a second. */
export function suggestToPeers(content: TorrentContent, nowMs: number): void {
  if (content.piecesInMemory === undefined) return;
  for (const session of content.sessions) suggestPieces(session, nowMs);
}

/** Suggests pieces to an unchoked peer that is interested. A super-seed suggests nothing, because it shows pieces instead. */
export function suggestPieces(session: SessionWithContent, nowMs: number): void {
  const { content, features, row, torrent, wire } = session;
  const { fast } = features;
  if (fast === undefined || features.shown !== undefined || torrent.isSuperSeeding) return;
  if (wire.phase !== "open" || !torrent.isActive || session.isPeerChoked) return;
  if (!row.flag(PeerFlag.isPeerInterested)) return;
  const has = (piece: PieceIndex): boolean => session.has(piece);
  for (const piece of content.piecesInMemory?.readForOthers(session.rowIndex, nowMs) ?? []) {
    if (has(piece) || !content.isAdvertised(piece) || isRequested(session, piece)) continue;
    if (fast.sentSuggestions.tryAdd(piece, nowMs, has)) wire.control.suggest(piece);
  }
}

function isRequested({ uploadIfAny }: SessionWithContent, piece: PieceIndex): boolean {
  return uploadIfAny?.some((requested) => requested === piece) === true;
}
