// Super-seeding (BEP 16): the engine chooses the pieces that each peer knows of. A peer that connected before
// super-seeding began knows all pieces, and keeps its view.

import type { MessageOf } from "@troupe/actor-runtime";
import { PeerFlag, type PeerProtocol } from "@troupe/messages";
import { hasBit } from "@troupe/protocol/peer";

import { announceUploadOnly } from "../../extensions/upload-only-changes.ts";
import { maxLateHaves } from "../../limits.ts";
import type { Torrent, TorrentContent } from "../../torrent.ts";
import { closeSession } from "../session-end.ts";
import { hasContent, type SessionWithContent } from "../session.ts";
import type { ShownPieces } from "./shown-pieces.ts";

/** Begins or ends super-seeding. At the end peers hear of the hidden pieces, and that we download nothing. */
export function setSuperSeeding(
  torrent: Torrent,
  { isOn }: MessageOf<PeerProtocol, "set-super-seeding">,
): void {
  const { usedContent: content } = torrent;
  torrent.isSuperSeeding = isOn;
  if (content === undefined) return;
  if (!isOn) for (const session of content.sessions) showAll(session);
  announceUploadOnly(content);
}

/** Shows pieces to a peer, which may request them from now on. */
export function showPieces(
  content: TorrentContent,
  { peer, pieces }: MessageOf<PeerProtocol, "show-pieces">,
): void {
  const session = content.torrent.sessionAt(peer);
  if (session?.wire.phase !== "open" || !hasContent(session)) return;
  const { features, wire } = session;
  const { shown } = features;
  if (shown === undefined) return;
  for (const piece of pieces) {
    if (!content.isAdvertised(piece) || !shown.add(piece)) continue;
    if (isIdle(session)) shown.beginProbe(piece, content.worker.nowMs());
    wire.control.have(piece);
  }
}

/**
 * Measures the time from a shown piece to the request for it. The peer was idle, but may request other pieces first.
 */
export function measureRoundTrip(session: SessionWithContent, piece: number): void {
  const newestMs = session.features.shown?.endProbe(piece, session.wire.inputAtMs);
  if (newestMs !== undefined) session.times.noteLongRoundTrip(newestMs);
}

function isIdle({ isPeerChoked, requestsWaiting, uploadIfAny }: SessionWithContent): boolean {
  return !isPeerChoked && requestsWaiting + (uploadIfAny?.requestsOut ?? 0) === 0;
}

function showAll(session: SessionWithContent): void {
  const { content, features } = session;
  const { shown } = features;
  if (shown === undefined) return;
  features.showAll();
  session.row.setFlag(PeerFlag.knowsShownOnly, false);
  if (content.hadCount - shown.count <= maxLateHaves) showOthers(session, shown);
  else if (session.wire.phase === "open") closeSession(session, "too-many-haves", false);
  else session.wire.requestCloseOnce("too-many-haves");
}

function showOthers({ content, wire }: SessionWithContent, shown: ShownPieces): void {
  const { geometry, had } = content;
  for (let piece = 0; piece < geometry.pieceCount; piece++)
    if (hasBit(had, piece) && !shown.has(piece)) wire.control.have(piece);
}
