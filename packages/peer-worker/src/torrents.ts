// What the coordinator tells about torrents, their pieces and their peers.

import type { MessageOf } from "@troupe/actor-runtime";
import type { PeerProtocol, PiecesLeased, TorrentId, TorrentOpened } from "@troupe/messages";
import { hasBit } from "@troupe/protocol";

import { applyChoking } from "./choking.ts";
import { cancelAll } from "./downloads.ts";
import { partIfBothSeeds, wantedChanged, weGainPiece, weLosePiece } from "./interest.ts";
import {
  dropLeases,
  freeCarried,
  holdLease,
  mayRevoke,
  returnLease,
  settlePiece,
} from "./leases.ts";
import type { PeerWorker } from "./peer-worker.ts";
import { closeSession } from "./session-end.ts";
import { Torrent } from "./torrent.ts";
import { closeThoseWaitingForLost } from "./uploads.ts";

type Told<Name extends keyof PeerProtocol> = MessageOf<PeerProtocol, Name>;

/**
 * Opens a torrent. One that is open under the same id is closed first; while pieces of it are still being hashed or
 * written, the newcomer passes on what is said about them.
 */
export function openTorrent(worker: PeerWorker, opened: TorrentOpened): void {
  const before = worker.torrents.get(opened.torrent);
  if (before !== undefined) beginClose(worker, before);
  const torrent = new Torrent(worker, opened, worker.nowMs());
  torrent.predecessor = before;
  worker.torrents.set(torrent.id, torrent);
  worker.torrentsByHash.set(torrent.infoHash, torrent);
  before?.settleClose();
}

/** Settles when none of the torrent's memory is in anybody's hands: sealed pieces wait for the coordinator's word. */
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
  worker.dialer.drop(torrent);
  for (const session of torrent.sessions) closeSession(session, "torrent-closed", false);
  dropLeases(torrent);
}

/** Paused: requests are taken back and everybody is choked. Resumed: both go on as they were. */
export function setPaused(worker: PeerWorker, { torrent: id, isPaused }: Told<"set-paused">): void {
  const torrent = worker.torrents.get(id);
  if (torrent === undefined) return;
  torrent.isPaused = isPaused;
  const nowMs = worker.nowMs();
  applyChoking(torrent, nowMs);
  if (isPaused) for (const session of torrent.sessions) cancelAll(session, nowMs);
  worker.turnEnd.wakeLater();
}

/** Other pieces are wanted: peers that have them are asked at the end of this turn. */
export function setWanted(worker: PeerWorker, told: Told<"set-wanted">): void {
  const torrent = worker.torrents.get(told.torrent);
  if (torrent === undefined) return;
  torrent.wanted = told.wanted;
  wantedChanged(torrent);
  worker.turnEnd.wakeLater();
}

/** Pieces that were had were lost on the disk; the map says so already, and nothing of them is served. */
export function piecesLost(worker: PeerWorker, told: Told<"pieces-lost">): void {
  const torrent = worker.torrents.get(told.torrent);
  if (torrent === undefined) return;
  for (const piece of told.pieces) if (hasBit(torrent.had, piece)) weLosePiece(torrent, piece);
  closeThoseWaitingForLost(torrent);
  worker.turnEnd.wakeLater();
}

/** Ends a connection that the coordinator does not want. */
export function closePeer(worker: PeerWorker, told: Told<"close-peer">): void {
  const session = worker.torrents.get(told.torrent)?.sessionAt(told.peer);
  // One that is still being admitted has a row that the coordinator cannot know: it means an earlier peer.
  if (session?.phase === "open") closeSession(session, told.reason, false);
}

/** Leases arrive: peers that waited for them ask at the end of this turn. */
export function leasePieces(worker: PeerWorker, leased: PiecesLeased): void {
  const torrent = worker.torrents.get(leased.torrent);
  if (torrent === undefined || torrent.isClosing) {
    for (const { lease, carried } of leased.pieces) {
      if (carried !== undefined) worker.owner.carriedPieceTaken(leased.torrent, lease);
    }
    return;
  }
  for (const lease of leased.pieces) holdLease(torrent, lease);
  torrent.demand.answered(leased, worker.nowMs());
  worker.turnEnd.wakeLater();
}

/** Gives a lease back, with what has arrived; nothing when it is sealed or another one by now, or better finished here. */
export function revokeLease(worker: PeerWorker, told: Told<"revoke-lease">): void {
  const torrent = worker.torrents.get(told.torrent);
  if (torrent?.book.leaseOf(told.piece) !== told.lease) return;
  if (!mayRevoke(torrent, told.piece, worker.nowMs())) return;
  returnLease(torrent, told.piece, true);
}

/** Pieces are verified and written: memory is free, peers are told, and two seeds part. */
export function piecesHad(worker: PeerWorker, told: Told<"pieces-had">): void {
  const torrent = worker.torrents.get(told.torrent);
  if (torrent === undefined) return;
  for (const piece of told.pieces) {
    settlePiece(torrent, piece);
    if (torrent.noteHad(piece)) weGainPiece(torrent, piece);
  }
  if (!torrent.isComplete) return;
  for (const session of torrent.sessions) {
    partIfBothSeeds(session);
    if (session.closeReason !== undefined && session.phase === "open") {
      closeSession(session, session.closeReason, false);
    }
  }
}

/** The hash did not match, or the disk refused: memory is free. */
export function pieceFailed(worker: PeerWorker, told: Told<"piece-failed">): void {
  const torrent = worker.torrents.get(told.torrent);
  if (torrent === undefined) return;
  settlePiece(torrent, told.piece);
  for (const session of torrent.sessions) session.nothingLeftUntilMs = -Infinity;
  torrent.demand.pieceCameBack(worker.nowMs());
}

/** The copy that was given back has been read by whoever goes on with the piece. */
export function carriedPieceTaken(worker: PeerWorker, told: Told<"carried-piece-taken">): void {
  const torrent = worker.torrents.get(told.torrent);
  if (torrent !== undefined) freeCarried(torrent, told.lease);
}

/** Names the peers that may ask. */
export function setUnchoked(worker: PeerWorker, told: Told<"set-unchoked">): void {
  const torrent = worker.torrents.get(told.torrent);
  if (torrent === undefined) return;
  torrent.unchoked = new Set(told.peers);
  applyChoking(torrent, worker.nowMs());
}
