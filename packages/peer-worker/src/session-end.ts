// The end of a connection that had shaken hands, whoever ends it.

import { PeerField } from "@troupe/messages";

import { breakBlock, takeBackAll } from "./downloads.ts";
import { forgetPieces } from "./interest.ts";
import { returnUnservable } from "./leases.ts";
import type { Session } from "./session.ts";

/**
 * Closes at once. What the peer owed is free for others, leases that nobody here can serve go back, and the
 * coordinator hears of it if it ever heard of the peer. Closing twice does nothing.
 *
 * @param isFault The peer broke a rule.
 */
export function closeSession(session: Session, reason: string, isFault: boolean): void {
  if (session.phase === "closed") return;
  const wasOpen = session.phase === "open";
  const { torrent } = session;
  breakBlock(session);
  takeBackAll(session);
  session.phase = "closed";
  session.closeReason = reason;
  session.isFaulty = isFault;
  if (isFault) torrent.worker.door.noteFault(session.identity.host);
  session.reader.stop();
  session.stream.destroy();
  torrent.desk.forget(session);
  torrent.removeSession(session);
  forgetPieces(session);
  // Otherwise the coordinator has yet to answer, and the row is kept until it has.
  if (wasOpen) sayClosed(session);
  if (!torrent.isClosing) returnUnservable(torrent, torrent.worker.nowMs());
}

/** Announces the end of a peer that was announced, and gives its row back. */
export function sayClosed(session: Session): void {
  const { torrent, row, slot } = session;
  const { host, port, isIncoming } = session.identity;
  torrent.worker.notices.say("peer-closed", {
    torrent: torrent.id,
    peer: slot,
    host,
    port,
    isIncoming,
    reason: session.closeReason ?? "closed-by-peer",
    isFault: session.isFaulty,
    downloadedBytes: row.fields[PeerField.downloadedBytes] ?? 0,
    uploadedBytes: row.fields[PeerField.uploadedBytes] ?? 0,
  });
  torrent.releaseSlot(slot);
}
