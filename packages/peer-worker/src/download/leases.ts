// The life of a lease: waiting, open in memory, sealed, or returned.

import type { LeaseId, PieceLease, PieceContributors, ContributorAddress } from "@troupe/messages";
import { blockCount, blockLength, pieceLength, pieceStart } from "@troupe/protocol/metainfo";
import { hasBit } from "@troupe/protocol/peer";
import { type PieceIndex, blockLengthBytes } from "@troupe/protocol/units";

import { cancelPiece } from "./downloads.ts";
import { Parole } from "./parole.ts";
import { loseOwnPiece } from "../session/lost-pieces.ts";
import type { WaitingLease } from "./waiting-leases.ts";
import {
  maxStallPatienceMs,
  memoryStallMs,
  stallBlockTimes,
  stallPatienceMs,
  strandedMs,
} from "../limits.ts";
import { PieceInProgress, type PiecePlace } from "./piece-in-progress.ts";
import type { TorrentContent } from "../torrent.ts";

/** Share of the download memory for transferred pieces not yet read by other workers. */
const transferShare = 0.25;
/** For a single piece: the worker must still be able to open a piece transferred to it. */
const singleTransferShare = 0.5;

/**
 * Takes a lease. A leased piece that we had was lost on the disk. A lease for a piece already held is
 * returned, so that the engine does not wait for it.
 */
export function acceptLease(content: TorrentContent, lease: PieceLease): void {
  const { piece } = lease;
  if (content.leases.has(piece)) {
    if (lease.transferred !== undefined)
      content.worker.engine.reportTransferTaken(content.torrent.id, lease.lease);
    emitLeaseReturned(content, piece, lease.lease);
    return;
  }
  if (hasBit(content.had, piece)) loseOwnPiece(content, piece);
  content.leases.addWaiting(lease, blockCount(content.geometry, piece));
  if (lease.parole === undefined) return;
  const { mistrusted } = lease.parole;
  content.leases.paroles.set(piece, new Parole(mistrusted, pieceLength(content.geometry, piece)));
}

/**
 * Allots memory to a lease and copies transferred blocks. The piece may come back sealed.
 *
 * @returns Undefined, and the torrent waits, when no extent of its size is free, other torrents go first, or too much
 *   memory waits for its disk.
 */
export function openPiece(
  content: TorrentContent,
  waiting: WaitingLease,
  nowMs: number,
): PieceInProgress | undefined {
  const { lease } = waiting;
  const lengthBytes = pieceLength(content.geometry, lease.piece);
  const place = allocatePlace(content, lease, lengthBytes, nowMs);
  if (place === undefined) return undefined;
  content.leases.removeWaiting(lease.piece);
  const beginBytes = pieceStart(content.geometry, lease.piece);
  const blockBytes = content.padding.blockBytes(beginBytes, lengthBytes);
  const piece = new PieceInProgress(lease.piece, lease.lease, lengthBytes, place, blockBytes);
  piece.openedAtMs = nowMs;
  adoptTransferred(content, lease, piece);
  content.leases.addOpen(piece);
  if (piece.isWhole) sealPiece(content, piece, nowMs);
  return piece;
}

/** No code writes to the piece any more, and the engine has it hashed and written. */
export function sealPiece(content: TorrentContent, piece: PieceInProgress, nowMs: number): void {
  content.leases.removeOpen(piece);
  content.leases.sealed.set(piece.piece, piece.place);
  content.diskMemory.sealed(piece.place.extentBytes);
  content.stallPatienceMs = stallTimeoutMs(piece);
  content.worker.notices.emitSealed(content.torrent.id, piece, nowMs);
}

/** Time without a block after which the torrent gives up a piece, when others wait for memory. */
export function stallTimeoutMs({ openedAtMs, gainedAtMs, receivedCount }: PieceInProgress): number {
  const blockMs = receivedCount === 0 ? 0 : (gainedAtMs - openedAtMs) / receivedCount;
  return Math.min(Math.max(stallPatienceMs, stallBlockTimes * blockMs), maxStallPatienceMs);
}

/** Frees the memory of a piece that the engine is done with or has from elsewhere. */
export function freePiece(content: TorrentContent, piece: PieceIndex): void {
  const predecessor = content.torrent.predecessor?.usedContent;
  if (predecessor?.leases.sealed.has(piece) === true) {
    // The predecessor sealed its copy first: the message means that copy.
    freePiece(predecessor, piece);
    return;
  }
  const place = content.leases.sealed.get(piece);
  if (place !== undefined) {
    content.leases.sealed.delete(piece);
    content.diskMemory.written(place.extentBytes, content.worker.diskMemory.values());
    freePlace(content, place);
    return;
  }
  const waiting = content.leases.waiting.get(piece);
  if (waiting !== undefined) dropWaiting(content, waiting);
  const open = content.leases.open.get(piece);
  if (open !== undefined) dropOpen(content, open);
}

/**
 * Whether another worker may get the lease. A progressing piece whose blocks would be discarded for lack of
 * transfer memory is finished here: otherwise workers with slow peers would take it from each other for ever.
 */
export function mayRevoke(content: TorrentContent, piece: PieceIndex, nowMs: number): boolean {
  const open = content.leases.open.get(piece);
  if (open === undefined || nowMs - open.gainedAtMs >= memoryStallMs) return true;
  return hasRoomToTransfer(content, open);
}

/**
 * Returns a lease.
 *
 * @param mayTransfer Keep the received blocks for another worker, unless transfers use too much memory.
 */
export function returnLease(
  content: TorrentContent,
  piece: PieceIndex,
  mayTransfer: boolean,
): void {
  const waiting = content.leases.waiting.get(piece);
  if (waiting !== undefined) {
    dropWaiting(content, waiting);
    emitLeaseReturned(content, piece, waiting.lease.lease);
    return;
  }
  const open = content.leases.open.get(piece);
  if (open === undefined) return;
  if (!mayTransfer || !open.hasPayload || !hasRoomToTransfer(content, open)) {
    dropOpen(content, open);
    emitLeaseReturned(content, piece, open.lease);
    return;
  }
  closePiece(content, open);
  content.leases.outgoingTransfers.set(open.lease, open);
  content.worker.transferredBytes += open.place.extentBytes;
  content.worker.notices.emit("lease-returned", {
    torrent: content.torrent.id,
    piece,
    lease: open.lease,
    transferred: {
      offset: open.place.offset,
      received: open.receivedBlocks(),
      ...originOf(content, open),
    },
  });
}

/** Returns the leases of pieces that no connected peer has: at once without a block, else after 60 s. */
export function returnUnservableLeases(content: TorrentContent, nowMs: number): void {
  const { availability } = content.table;
  for (const { lease } of [...content.leases.waiting]) {
    if (availability[lease.piece] === 0) returnLease(content, lease.piece, true);
  }
  for (const open of Array.from(content.leases.open.values())) {
    if (availability[open.piece] !== 0) {
      open.strandedAtMs = undefined;
      continue;
    }
    open.strandedAtMs ??= nowMs;
    const isOver = !open.hasPayload || nowMs - open.strandedAtMs >= strandedMs;
    if (isOver) returnLease(content, open.piece, true);
  }
}

/** Frees the transferred piece of `lease`: its reader is done. */
export function freeTransferred(content: TorrentContent, lease: LeaseId): void {
  const piece = content.leases.outgoingTransfers.get(lease);
  if (piece === undefined) return;
  content.leases.outgoingTransfers.delete(lease);
  content.worker.transferredBytes -= piece.place.extentBytes;
  freePlace(content, piece.place);
}

/** Drops all unsealed pieces silently: the torrent is closing. */
export function dropLeases(content: TorrentContent): void {
  content.worker.memoryQueue.leave(content);
  for (const waiting of [...content.leases.waiting]) dropWaiting(content, waiting);
  for (const open of Array.from(content.leases.open.values())) dropOpen(content, open);
  for (const lease of Array.from(content.leases.outgoingTransfers.keys()))
    freeTransferred(content, lease);
}

function allocatePlace(
  content: TorrentContent,
  lease: PieceLease,
  lengthBytes: number,
  nowMs: number,
): PiecePlace | undefined {
  const { worker } = content;
  if (lease.ownMemory !== undefined) {
    const { id, memory } = lease.ownMemory;
    return { slab: id, memory: new Uint8Array(memory), offset: 0, extentBytes: 0 };
  }
  const offset = worker.memoryQueue.allocate(content, lengthBytes, nowMs);
  if (offset < 0) return undefined;
  if (content.leases.open.size === 0) content.firstOpenedAtMs = nowMs;
  const extentBytes = worker.downloads.extentBytes(lengthBytes);
  content.countExtentBytes(extentBytes);
  return { slab: worker.options.slab.id, memory: worker.slab, offset, extentBytes };
}

function adoptTransferred(
  content: TorrentContent,
  lease: PieceLease,
  piece: PieceInProgress,
): void {
  const { transferred } = lease;
  if (transferred === undefined) return;
  const from = new Uint8Array(transferred.memory, transferred.offset, piece.lengthBytes);
  for (let block = 0; block < piece.blockCount; block++) {
    if (transferred.received[block] !== 1) continue;
    const begin = block * blockLengthBytes;
    const bytes = from.subarray(begin, begin + piece.blockLengthBytes(block));
    piece.place.memory.set(bytes, piece.place.offset + begin);
    piece.adoptBlock(block, transferred.contributors[transferred.blockContributors?.[block] ?? 0]);
  }
  content.worker.engine.reportTransferTaken(content.torrent.id, lease.lease);
}

/** The contributors for another worker, where our rows mean nothing. */
function originOf(
  content: TorrentContent,
  piece: PieceInProgress,
): PieceContributors<ContributorAddress> {
  const contributors = piece.contributors.map((contributor): ContributorAddress => {
    if (typeof contributor !== "number") return contributor;
    const session = content.torrent.sessionAt(contributor);
    if (session === undefined) throw new Error(`bug: contributor ${contributor} is gone unnoticed`);
    return session.identity.source;
  });
  return {
    contributors,
    ...(piece.blockContributors !== undefined && { blockContributors: piece.blockContributors }),
  };
}

function dropWaiting(content: TorrentContent, waiting: WaitingLease): void {
  const { piece, lease, transferred } = waiting.lease;
  content.leases.removeWaiting(piece);
  content.leases.paroles.delete(piece);
  content.leases.reserved.remove(piece);
  if (transferred === undefined) return;
  // The other worker keeps its copy until it hears of a reader.
  content.worker.engine.reportTransferTaken(content.torrent.id, lease);
  const { geometry } = content;
  const pieceBegin = pieceStart(geometry, piece);
  for (let block = 0; block < transferred.received.length; block++) {
    if (transferred.received[block] !== 1) continue;
    const begin = pieceBegin + block * blockLengthBytes;
    content.countWasted(content.padding.dataBytes(begin, blockLength(geometry, piece, block)));
  }
}

function dropOpen(content: TorrentContent, piece: PieceInProgress): void {
  content.countWasted(piece.receivedBytes());
  closePiece(content, piece);
  freePlace(content, piece.place);
}

/** No block of the piece may start, keep arriving, or stay owed. */
function closePiece(content: TorrentContent, piece: PieceInProgress): void {
  const nowMs = content.worker.nowMs();
  for (const session of content.sessions) cancelPiece(session, piece, nowMs);
  content.leases.removeOpen(piece);
  if (piece.receivingCount !== 0) {
    throw new Error(
      `bug: piece ${piece.piece} was closed while ${piece.receivingCount} blocks arrive`,
    );
  }
}

function hasRoomToTransfer(content: TorrentContent, piece: PieceInProgress): boolean {
  const { transferredBytes, downloads } = content.worker;
  const { extentBytes } = piece.place;
  const share = transferredBytes === 0 ? singleTransferShare : transferShare;
  return transferredBytes + extentBytes <= downloads.totalBytes * share;
}

function freePlace(content: TorrentContent, place: PiecePlace): void {
  const { worker } = content;
  if (place.extentBytes > 0) {
    worker.downloads.free(place.offset);
    content.countExtentBytes(-place.extentBytes);
  }
  worker.turnEnd.wakeLater();
  content.torrent.finishCloseWhenUnused();
}

function emitLeaseReturned(content: TorrentContent, piece: PieceIndex, lease: LeaseId): void {
  content.worker.notices.emit("lease-returned", { torrent: content.torrent.id, piece, lease });
}
