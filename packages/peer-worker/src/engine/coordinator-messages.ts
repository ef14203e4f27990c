// Handles the coordinator's messages about torrents, pieces and peers.

import type { MessageOf } from "@troupe/actor-runtime";
import type { PeerProtocol, LeasePieces, TorrentId, OpenTorrent } from "@troupe/messages";
import { hasBit } from "@troupe/protocol";

import { applyChoking } from "../session/choke-state.ts";
import { cancelRequests } from "../download/downloads.ts";
import {
  closeIfBothSeeds,
  recountInterest,
  announceOwnPiece,
  removeOwnPiece,
} from "../session/interest.ts";
import {
  dropLeases,
  freeTransferred,
  acceptLease,
  mayRevoke,
  returnLease,
  freePiece,
} from "../download/leases.ts";
import type { PeerWorker } from "../peer-worker.ts";
import { closeSession } from "../session/session-end.ts";
import { Torrent } from "../torrent.ts";
import { closePeersWaitingForLostPieces } from "../upload/uploads.ts";

type PeerMessage<Name extends keyof PeerProtocol> = MessageOf<PeerProtocol, Name>;

/**
 * Opens a torrent, after closing an open torrent with the same id; while that torrent's pieces are hashed or written,
 * the new torrent passes on messages about them.
 */
export function openTorrent(worker: PeerWorker, opened: OpenTorrent): void {
  const before = worker.torrents.get(opened.torrent);
  if (before !== undefined) beginClose(worker, before);
  const torrent = new Torrent(worker, opened, worker.nowMs());
  torrent.predecessor = before;
  worker.torrents.set(torrent.id, torrent);
  worker.torrentsByHash.set(torrent.infoHash, torrent);
  before?.finishCloseWhenUnused();
}

/** Resolves when none of the torrent's memory is in use; sealed pieces wait for the coordinator. */
export async function closeTorrent(worker: PeerWorker, id: TorrentId): Promise<{}> {
  const torrent = worker.torrents.get(id);
  if (torrent === undefined) return {};
  beginClose(worker, torrent);
  await torrent.whenClosed();
  return {};
}

function beginClose(worker: PeerWorker, torrent: Torrent): void {
  if (torrent.isClosing) return;
  torrent.isClosing = true;
  worker.dialer.dropTorrent(torrent);
  for (const session of torrent.sessions) closeSession(session, "torrent-closed", false);
  dropLeases(torrent);
}

/** Paused: requests are taken back and every peer is choked. Resumed: both continue. */
export function setPaused(
  worker: PeerWorker,
  { torrent: id, isPaused }: PeerMessage<"set-paused">,
): void {
  const torrent = worker.torrents.get(id);
  if (torrent === undefined) return;
  torrent.isPaused = isPaused;
  const nowMs = worker.nowMs();
  applyChoking(torrent, nowMs);
  if (isPaused) for (const session of torrent.sessions) cancelRequests(session, nowMs);
  worker.turnEnd.wakeLater();
}

/** Peers that have newly wanted pieces get requests at the end of this turn. */
export function setWanted(worker: PeerWorker, message: PeerMessage<"set-wanted">): void {
  const torrent = worker.torrents.get(message.torrent);
  if (torrent === undefined) return;
  torrent.wanted = message.wanted;
  recountInterest(torrent);
  worker.turnEnd.wakeLater();
}

/** Pieces were lost on the disk; the map is already cleared. */
export function piecesLost(worker: PeerWorker, message: PeerMessage<"pieces-lost">): void {
  const torrent = worker.torrents.get(message.torrent);
  if (torrent === undefined) return;
  for (const piece of message.pieces)
    if (hasBit(torrent.had, piece)) removeOwnPiece(torrent, piece);
  closePeersWaitingForLostPieces(torrent);
  worker.turnEnd.wakeLater();
}

/** Closes a connection for the coordinator. */
export function closePeer(worker: PeerWorker, message: PeerMessage<"close-peer">): void {
  const session = worker.torrents.get(message.torrent)?.sessionAt(message.peer);
  // The coordinator cannot know the row of an unadmitted peer: it means an earlier peer.
  if (session?.phase === "open") closeSession(session, message.reason, false);
}

/** Leases arrive: waiting peers request at the end of this turn. */
export function leasePieces(worker: PeerWorker, leased: LeasePieces): void {
  const torrent = worker.torrents.get(leased.torrent);
  if (torrent === undefined || torrent.isClosing) {
    for (const { lease, transferred } of leased.pieces) {
      if (transferred !== undefined) worker.engine.reportTransferTaken(leased.torrent, lease);
    }
    return;
  }
  for (const lease of leased.pieces) acceptLease(torrent, lease);
  torrent.demand.handleAnswer(leased, worker.nowMs());
  worker.turnEnd.wakeLater();
}

/** Returns a lease with its blocks, unless the piece is sealed, leased anew, or better finished here. */
export function revokeLease(worker: PeerWorker, message: PeerMessage<"revoke-lease">): void {
  const torrent = worker.torrents.get(message.torrent);
  if (torrent?.leases.leaseOf(message.piece) !== message.lease) return;
  if (!mayRevoke(torrent, message.piece, worker.nowMs())) return;
  returnLease(torrent, message.piece, true);
}

/** Pieces are verified and written: frees memory, informs peers, closes connections between seeds. */
export function piecesHad(worker: PeerWorker, message: PeerMessage<"pieces-had">): void {
  const torrent = worker.torrents.get(message.torrent);
  if (torrent === undefined) return;
  for (const piece of message.pieces) {
    freePiece(torrent, piece);
    if (torrent.addHad(piece)) announceOwnPiece(torrent, piece);
  }
  if (!torrent.isComplete) return;
  for (const session of torrent.sessions) {
    closeIfBothSeeds(session);
    if (session.closeReason !== undefined && session.phase === "open") {
      closeSession(session, session.closeReason, false);
    }
  }
}

/** The hash did not match, or the disk refused: frees memory. */
export function pieceFailed(worker: PeerWorker, message: PeerMessage<"piece-failed">): void {
  const torrent = worker.torrents.get(message.torrent);
  if (torrent === undefined) return;
  freePiece(torrent, message.piece);
  for (const session of torrent.sessions) session.noLeaseUntilMs = -Infinity;
  torrent.demand.pieceMissingAgain(worker.nowMs());
}

/** Another worker has read the transferred piece. */
export function transferTaken(
  worker: PeerWorker,
  message: PeerMessage<"transferred-piece-taken">,
): void {
  const torrent = worker.torrents.get(message.torrent);
  if (torrent !== undefined) freeTransferred(torrent, message.lease);
}

/** Sets the peers that may request. */
export function setUnchoked(worker: PeerWorker, message: PeerMessage<"set-unchoked">): void {
  const torrent = worker.torrents.get(message.torrent);
  if (torrent === undefined) return;
  torrent.unchoked = new Set(message.peers);
  applyChoking(torrent, worker.nowMs());
}
