import { PeerField, PeerFlag } from "@troupe/messages";

import { abandonBlock, releaseRequests } from "../download/downloads.ts";
import { removePeerPieces } from "./interest.ts";
import { returnUnservableLeases } from "../download/leases.ts";
import type { Session } from "./session.ts";

/**
 * Closes at once. Owed blocks become free, leases that no peer here can serve are returned, and the coordinator is
 * informed if it knows the peer. Idempotent.
 *
 * @param isFault The peer broke a rule.
 */
export function closeSession(session: Session, reason: string, isFault: boolean): void {
  if (session.phase === "closed") return;
  const wasOpen = session.phase === "open";
  const { torrent, content, worker } = session;
  const nowMs = worker.nowMs();
  abandonBlock(session);
  releaseRequests(session, nowMs);
  session.phase = "closed";
  session.closeReason = reason;
  session.isFaulty = isFault;
  if (isFault) worker.addressThrottle.noteFault(session.identity.host);
  session.reader.stop();
  session.stream.destroy();
  content.uploadScheduler.forget(session);
  torrent.removeSession(session);
  content.removePeer(session);
  session.row.setFlag(PeerFlag.inUse, false);
  removePeerPieces(session);
  // An unanswered admission keeps the row.
  if (wasOpen) emitPeerClosed(session);
  if (!torrent.isClosing) returnUnservableLeases(content, nowMs);
}

/** Announces the end of an announced peer, and frees its row. */
export function emitPeerClosed(session: Session): void {
  const { torrent, worker, row, rowIndex } = session;
  const { host, port, isIncoming } = session.identity;
  worker.notices.emit("peer-closed", {
    torrent: torrent.id,
    peer: rowIndex,
    host,
    port,
    isIncoming,
    reason: session.closeReason ?? "closed-by-peer",
    isFault: session.isFaulty,
    downloadedBytes: row.fields[PeerField.downloadedBytes] ?? 0,
    uploadedBytes: row.fields[PeerField.uploadedBytes] ?? 0,
  });
  torrent.releaseRow(rowIndex);
}
