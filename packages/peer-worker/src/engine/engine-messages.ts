import type { MessageOf } from "@troupe/actor-runtime";
import type {
  LeasePieces,
  OpenContent,
  OpenTorrent,
  PeerProtocol,
  TorrentId,
} from "@troupe/messages";
import { PeerFlag, unpackLeases } from "@troupe/messages";
import { hasBit } from "@troupe/protocol/peer";

import { applyChoking, replaceUnchoked } from "../choke/choke-state.ts";
import { cancelRequests } from "../download/downloads.ts";
import { makeRoomForDeadlines } from "../download/deadlines/room-for-deadlines.ts";
import { closeIfBothSeeds, recountInterest, announceOwnPiece } from "../choke/interest.ts";
import {
  dropLeases,
  freeTransferred,
  acceptLease,
  mayRevoke,
  openPiece,
  returnLease,
  freePiece,
} from "../download/leases.ts";
import { setTorrentLimits } from "./limit-messages.ts";
import { ExtensionPlugins } from "../extensions/plugins/extension-plugins.ts";
import { ownExtensions } from "../extensions/registry.ts";
import { announceUploadOnly } from "../extensions/upload-only-changes.ts";
import type { Dialer } from "../connection/dialer.ts";
import { type PeerWorker, fileWorkerName } from "../peer-worker.ts";
import { addContentToPeers } from "../session/session-content.ts";
import { loseOwnPiece } from "../session/lost-pieces.ts";
import { closeSession } from "../session/session-end.ts";
import { Torrent, TorrentContent } from "../torrent.ts";
import type { DiskUploads } from "../upload/disk-uploads.ts";
import type { SessionWithContent } from "../session/session.ts";
import { dropRequestsForLostPieces } from "../upload/peer-requests.ts";
import { rejectWhileChoked } from "../upload/rejects.ts";
import { UploadScheduler } from "../upload/uploads.ts";

type PeerMessage<Name extends keyof PeerProtocol> = MessageOf<PeerProtocol, Name>;

/**
 * A torrent that is open without content gets it, and keeps its connections. Any other torrent with the same id is
 * closed first; while its pieces are hashed or written, the new torrent passes on messages about them.
 */
export function openTorrent(worker: PeerWorker, dialer: Dialer, opened: OpenTorrent): void {
  const before = worker.torrents.get(opened.torrent);
  if (before !== undefined && opened.content !== undefined && isWithoutContent(before)) {
    learnContent(before, opened, opened.content);
    return;
  }
  if (before !== undefined) beginClose(dialer, before);
  const torrent = new Torrent(worker, opened, ownExtensions);
  if (opened.content !== undefined) addContent(torrent, opened.content);
  torrent.predecessor = before;
  worker.torrents.set(torrent.id, torrent);
  worker.nameTorrent(torrent);
  setTorrentLimits(torrent, opened);
  setExtensions(torrent, opened);
  before?.finishCloseWhenUnused();
}

function isWithoutContent({ hasContent, isClosing }: Torrent): boolean {
  return !hasContent && !isClosing;
}

function learnContent(torrent: Torrent, opened: OpenTorrent, openedContent: OpenContent): void {
  const { worker } = torrent;
  // The metadata shows the hash of the other version.
  torrent.infoHash = opened.infoHash;
  torrent.infoHashV2 = opened.infoHashV2;
  worker.nameTorrent(torrent);
  torrent.isPaused = opened.isPaused;
  torrent.exchangesPeers = opened.exchangesPeers;
  torrent.usesDht = opened.usesDht;
  torrent.isSuperSeeding = opened.isSuperSeeding ?? false;
  torrent.maxPeers = opened.maxPeers;
  setTorrentLimits(torrent, opened);
  // Sent again: they were made without the figures of the torrent.
  setExtensions(torrent, opened);
  addContent(torrent, openedContent);
  if (torrent.content !== undefined) addContentToPeers(torrent.content);
  applyChoking(torrent, worker.nowMs());
  worker.turnEnd.wakeLater();
}

function addContent(torrent: Torrent, opened: OpenContent): void {
  const uploadScheduler = uploadSchedulerOf(torrent.worker, opened.disk);
  const openedAtMs = torrent.worker.nowMs();
  torrent.addContent(
    () => new TorrentContent(torrent, opened, openedAtMs, uploadScheduler, openPiece),
  );
}

function uploadSchedulerOf(worker: PeerWorker, disk: number): DiskUploads<SessionWithContent> {
  const { uploadSchedulers, context } = worker;
  for (let index = uploadSchedulers.length; index <= disk; index++)
    uploadSchedulers.push(new UploadScheduler(worker, context.ref(fileWorkerName(index))));
  const scheduler = uploadSchedulers[disk];
  if (scheduler === undefined) throw new Error(`bug: no file-worker ${disk}`);
  return scheduler;
}

/** Resolves when none of the torrent's memory is in use; sealed pieces wait for the engine. */
export async function closeTorrent(worker: PeerWorker, dialer: Dialer, id: TorrentId): Promise<{}> {
  const torrent = worker.torrents.get(id);
  if (torrent === undefined) return {};
  beginClose(dialer, torrent);
  await torrent.whenClosed();
  return {};
}

function beginClose(dialer: Dialer, torrent: Torrent): void {
  if (torrent.isClosing) return;
  torrent.isClosing = true;
  dialer.dropTorrent(torrent);
  for (const session of torrent.sessions) closeSession(session, "torrent-closed", false);
  if (torrent.usedContent !== undefined) dropLeases(torrent.usedContent);
  torrent.plugins?.close();
}

/** Replaces the plugin extensions. */
export function setExtensions(
  torrent: Torrent,
  { extensions }: PeerMessage<"set-extensions">,
): void {
  if (extensions === undefined && torrent.plugins === undefined) return;
  torrent.plugins ??= new ExtensionPlugins(torrent);
  torrent.plugins.set(extensions);
}

/** Paused: requests are taken back and every peer is choked. */
export function setPaused(torrent: Torrent, { isPaused }: PeerMessage<"set-paused">): void {
  torrent.isPaused = isPaused;
  const { worker, usedContent: content } = torrent;
  const nowMs = worker.nowMs();
  applyChoking(torrent, nowMs);
  for (const session of isPaused && content !== undefined ? content.sessions : []) {
    cancelRequests(session, nowMs);
    rejectWhileChoked(session);
  }
  worker.turnEnd.wakeLater();
}

/** Peers with newly wanted pieces get requests at the end of this turn. */
export function setWanted(content: TorrentContent, message: PeerMessage<"set-wanted">): void {
  content.setWanted(message.wanted);
  recountInterest(content);
  announceUploadOnly(content);
  content.worker.turnEnd.wakeLater();
}

/** The next requests go to due pieces. Due pieces without a lease are requested of the engine at once. */
export function setDeadlines(
  content: TorrentContent,
  { deadlines }: PeerMessage<"set-deadlines">,
): void {
  const nowMs = content.worker.nowMs();
  content.due.set(deadlines, nowMs);
  makeRoomForDeadlines(content, nowMs);
  content.demand.deadlinesSet(nowMs);
  content.worker.turnEnd.wakeLater();
}

/** Pieces were lost on the disk; the map is already cleared. */
export function piecesLost(content: TorrentContent, message: PeerMessage<"pieces-lost">): void {
  for (const piece of message.pieces) if (hasBit(content.had, piece)) loseOwnPiece(content, piece);
  announceUploadOnly(content);
  dropRequestsForLostPieces(content);
  content.worker.turnEnd.wakeLater();
}

/** At the engine's request. */
export function closePeer(torrent: Torrent, message: PeerMessage<"close-peer">): void {
  const session = torrent.sessionAt(message.peer);
  // An unadmitted peer's row is unknown to the engine: an earlier peer is meant.
  if (session?.wire.phase === "open") closeSession(session, message.reason, false);
}

/** A new IP filter names their addresses. It does not hold for web seeds. */
export function closeFilteredPeers({ ipFilter, torrents }: PeerWorker): void {
  for (const torrent of torrents.values()) {
    for (const session of torrent.sessions) {
      if (session.row.flag(PeerFlag.isWebSeed)) continue;
      if (ipFilter.has(session.identity.host)) closeSession(session, "ip-filtered", false);
    }
  }
}

/** Waiting peers request at the end of this turn. */
export function leasePieces(worker: PeerWorker, leased: LeasePieces): void {
  const content = worker.torrents.get(leased.torrent)?.content;
  const leases = unpackLeases(leased.leases);
  if (content === undefined || content.torrent.isClosing) {
    for (const { lease, transferred } of leases) {
      if (transferred !== undefined) worker.engine.reportTransferTaken(leased.torrent, lease);
    }
    return;
  }
  for (const lease of leases) acceptLease(content, lease);
  for (const { peer, pieces } of leased.reserved ?? [])
    for (const piece of pieces)
      if (content.leases.has(piece)) content.leases.reserved.add(piece, peer);
  announceUploadOnly(content);
  if (leases.some(({ piece }) => content.due.has(piece)))
    makeRoomForDeadlines(content, worker.nowMs());
  if (leased.isUnasked !== true) content.demand.handleAnswer(leased, worker.nowMs());
  worker.turnEnd.wakeLater();
}

/** Returns a lease with its blocks, unless the piece is sealed, leased again, or better finished here. */
export function revokeLease(content: TorrentContent, message: PeerMessage<"revoke-lease">): void {
  if (content.leases.leaseOf(message.piece) !== message.lease) return;
  if (!mayRevoke(content, message.piece, content.worker.nowMs())) return;
  returnLease(content, message.piece, true);
}

/** The pieces are written: frees memory, informs peers, closes connections between seeds. */
export function piecesHad(content: TorrentContent, message: PeerMessage<"pieces-had">): void {
  for (const piece of message.pieces) {
    freePiece(content, piece);
    if (content.addHad(piece)) announceOwnPiece(content, piece);
  }
  announceUploadOnly(content);
  if (!content.isComplete) return;
  for (const session of content.sessions) {
    closeIfBothSeeds(session);
    if (session.wire.closeReason !== undefined && session.wire.phase === "open") {
      closeSession(session, session.wire.closeReason, false);
    }
  }
}

/** The hash did not match, or the disk refused: frees memory. */
export function pieceFailed(content: TorrentContent, message: PeerMessage<"piece-failed">): void {
  freePiece(content, message.piece);
  for (const session of content.sessions) session.downloadIfAny?.mayAskAgain();
  content.demand.pieceMissingAgain(content.worker.nowMs());
}

/** Another worker has read the transferred piece. */
export function transferTaken(
  content: TorrentContent,
  message: PeerMessage<"transferred-piece-taken">,
): void {
  freeTransferred(content, message.lease);
}

/** Sets the peers that may request. */
export function setUnchoked(torrent: Torrent, message: PeerMessage<"set-unchoked">): void {
  replaceUnchoked(torrent, new Set(message.peers));
}
