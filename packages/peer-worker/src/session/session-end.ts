import { PeerField, PeerFlag } from "@troupe/messages";

import { abandonBlock, releaseRequests } from "../download/downloads.ts";
import { removePeerPieces } from "../choke/interest.ts";
import { returnUnservableLeases } from "../download/leases.ts";
import { type Session, type SessionWithContent, hasContent } from "./session.ts";

/**
 * Closes at once. Owed blocks become free, leases that no peer here can serve are returned, and the engine is
 * informed if it knows the peer. Idempotent.
 *
 * @param isFault The peer broke a rule.
 */
export function closeSession(session: Session, reason: string, isFault: boolean): void {
  if (session.wire.phase === "closed") return;
  const wasOpen = session.wire.phase === "open";
  const { torrent, worker } = session;
  const nowMs = worker.nowMs();
  if (hasContent(session)) stopTransfers(session, nowMs);
  if (isFault) worker.addressThrottle.noteFault(session.identity.host);
  session.wire.close(reason, isFault);
  torrent.removeSession(session);
  dropEarlyHaves(session);
  if (hasContent(session)) leaveContent(session);
  session.row.setFlag(PeerFlag.inUse, false);
  // An unanswered admission keeps the row.
  if (wasOpen) emitPeerClosed(session);
  for (const extension of torrent.extensions) extension.closed?.(session);
  if (hasContent(session) && !torrent.isClosing) returnUnservableLeases(session.content, nowMs);
}

/**
 * Closes at the end of the turn, without a fault: for code that may run inside of a handler of the connection. A peer
 * that is not admitted yet is closed at its admission.
 */
export function closeSoon(session: Session, reason: string): void {
  if (session.wire.phase === "closed" || session.wire.closeReason !== undefined) return;
  session.wire.requestClose(reason);
  session.worker.context.timers.soon(() => {
    if (session.wire.phase === "open") closeSession(session, reason, false);
  });
}

/** Forgets what the peer has shown before the metadata. */
export function dropEarlyHaves(session: Session): void {
  session.features.earlyIfAny?.drop(session.worker.earlyMemory);
}

function stopTransfers(session: SessionWithContent, nowMs: number): void {
  abandonBlock(session);
  releaseRequests(session, nowMs);
}

function leaveContent(session: SessionWithContent): void {
  session.content.uploadScheduler.forget(session);
  session.worker.hashRequests.forget(session);
  session.content.leases.reserved.removeSeed(session.rowIndex);
  session.worker.rateLimits?.forget(session);
  session.content.removePeer(session);
  removePeerPieces(session);
}

/** Announces the end of an announced peer, and frees its row. */
export function emitPeerClosed(session: Session): void {
  const { identity, torrent, worker, row, rowIndex } = session;
  worker.notices.emit("peer-closed", {
    torrent: torrent.id,
    peer: rowIndex,
    ...identity.address,
    reason: session.wire.closeReason ?? "closed-by-peer",
    isFault: session.wire.isFaulty,
    downloadedBytes: row.field(PeerField.downloadedBytes),
    uploadedBytes: row.field(PeerField.uploadedBytes),
  });
  torrent.releaseRow(rowIndex);
}
