import { PeerFlag, type PeerRowIndex } from "@troupe/messages";

import { chokedGraceMs, chokedUnreadGraceMs } from "../limits.ts";
import { rejectWhileChoked } from "../upload/rejects.ts";
import { offerAllowedFast } from "../session/fast/allowed-fast.ts";
import { suggestPieces } from "../session/fast/suggest-pieces.ts";
import { type Session, type SessionWithContent, hasContent } from "../session/session.ts";
import type { Torrent } from "../torrent.ts";

/** While paused every peer is choked. */
export function applyChoking(torrent: Torrent, nowMs: number): void {
  for (const session of torrent.sessions) applyChokingOf(session, nowMs);
}

/** The engine has chosen other peers. */
export function replaceUnchoked(torrent: Torrent, unchoked: Set<PeerRowIndex>): void {
  const before = torrent.unchoked;
  const nowMs = torrent.worker.nowMs();
  torrent.unchoked = unchoked;
  for (const rowIndex of new Set([...before, ...unchoked])) {
    const session = torrent.sessionAt(rowIndex);
    if (session !== undefined) applyChokingOf(session, nowMs);
  }
}

/** Without content every peer stays choked. A greedy peer that owes us blocks is unchoked after it has given them. */
export function applyChokingOf(session: Session, nowMs: number): void {
  if (session.wire.phase !== "open" || !hasContent(session)) return;
  const { torrent, rowIndex } = session;
  const isChoked = !torrent.isActive || !torrent.unchoked.has(rowIndex);
  if (isChoked === session.isPeerChoked) return;
  if (isChoked) choke(session, nowMs);
  else if (!session.identity.isGreedy || session.blocksOut === 0) unchoke(session, nowMs);
}

function choke(session: SessionWithContent, nowMs: number): void {
  session.row.setFlag(PeerFlag.isPeerChoked, true);
  const graceMs = session.wire.isReadingPaused ? chokedUnreadGraceMs : chokedGraceMs;
  session.choke.crossingUntilMs = nowMs + graceMs;
  session.choke.crossedRequests = 0;
  session.wire.control.choke();
  if (session.features.fast === undefined) session.content.uploadScheduler.forget(session);
  else rejectWhileChoked(session);
  offerAllowedFast(session);
}

/** The peer hears of pieces in memory before it may request. */
function unchoke(session: SessionWithContent, nowMs: number): void {
  session.choke.unchokedAtMs = nowMs;
  session.row.setFlag(PeerFlag.isPeerChoked, false);
  suggestPieces(session, nowMs);
  session.wire.control.unchoke();
}
