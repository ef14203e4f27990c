// The life of a lease: waiting, open in memory, sealed, or returned.

import type { LeaseId, PieceLease, PieceContributors, ContributorAddress } from "@troupe/messages";
import {
  type PieceIndex,
  blockCount,
  blockLengthBytes,
  hasBit,
  pieceLength,
} from "@troupe/protocol";

import { cancelPiece } from "./downloads.ts";
import { Parole } from "./parole.ts";
import { removeOwnPiece } from "../session/interest.ts";
import type { WaitingLease } from "./held-leases.ts";
import {
  maxStallPatienceMs,
  memoryStallMs,
  stallBlockTimes,
  stallPatienceMs,
  strandedMs,
} from "../limits.ts";
import { PieceInProgress, type PiecePlace } from "./piece-in-progress.ts";
import type { Session } from "../session/session.ts";
import type { Torrent } from "../torrent.ts";

/** Share of the download memory for transferred pieces not yet read by other workers. */
const transferShare = 0.25;
/** For a single piece: the worker must still be able to open a piece transferred to it. */
const singleTransferShare = 0.5;

/**
 * Takes a lease. A leased piece that we had was lost on the disk. A lease for a piece already held is returned, so that
 * the coordinator does not wait for it.
 */
export function acceptLease(torrent: Torrent, lease: PieceLease): void {
  const { piece } = lease;
  if (torrent.leases.has(piece)) {
    if (lease.transferred !== undefined)
      torrent.worker.engine.reportTransferTaken(torrent.id, lease.lease);
    emitLeaseReturned(torrent, piece, lease.lease);
    return;
  }
  if (hasBit(torrent.had, piece)) removeOwnPiece(torrent, piece);
  torrent.leases.addWaiting(lease, blockCount(torrent.geometry, piece));
  if (lease.parole === undefined) return;
  const { mistrusted } = lease.parole;
  torrent.leases.paroles.set(piece, new Parole(mistrusted, pieceLength(torrent.geometry, piece)));
}

/**
 * Allots memory to a lease and copies transferred blocks. The piece may come back sealed.
 *
 * @returns Undefined, and the torrent waits, when no extent of its size is free, other torrents go first, or too much
 *   memory waits for its disk.
 */
export function openPiece(torrent: Torrent, waiting: WaitingLease): PieceInProgress | undefined {
  const { lease } = waiting;
  const lengthBytes = pieceLength(torrent.geometry, lease.piece);
  const place = allocatePlace(torrent, lease, lengthBytes);
  if (place === undefined) return undefined;
  torrent.leases.removeWaiting(lease.piece);
  const piece = new PieceInProgress(lease.piece, lease.lease, lengthBytes, place);
  piece.openedAtMs = torrent.worker.nowMs();
  adoptTransferred(torrent, lease, piece);
  torrent.leases.addOpen(piece);
  if (piece.isWhole) sealPiece(torrent, piece);
  return piece;
}

/** All blocks have arrived: no code writes there any more, and the coordinator has the piece hashed and written. */
export function sealPiece(torrent: Torrent, piece: PieceInProgress): void {
  torrent.leases.removeOpen(piece);
  torrent.leases.sealed.set(piece.piece, piece.place);
  torrent.diskMemory.sealedBytes += piece.place.extentBytes;
  torrent.stallPatienceMs = stallTimeoutMs(piece);
  torrent.worker.notices.emit("piece-sealed", {
    torrent: torrent.id,
    piece: piece.piece,
    lease: piece.lease,
    slab: piece.place.slab,
    offset: piece.place.offset,
    lengthBytes: piece.lengthBytes,
    contributors: piece.contributors,
    ...(piece.blockContributors !== undefined && { blockContributors: piece.blockContributors }),
  });
}

/** Time without a block after which the torrent gives up a piece, when others wait for memory. */
export function stallTimeoutMs({ openedAtMs, gainedAtMs, receivedCount }: PieceInProgress): number {
  const blockMs = receivedCount === 0 ? 0 : (gainedAtMs - openedAtMs) / receivedCount;
  return Math.min(Math.max(stallPatienceMs, stallBlockTimes * blockMs), maxStallPatienceMs);
}

/** Frees everything kept for a piece that the coordinator is done with or has from elsewhere. */
export function freePiece(torrent: Torrent, piece: PieceIndex): void {
  const { predecessor } = torrent;
  if (predecessor?.leases.sealed.has(piece) === true) {
    // The predecessor sealed its copy first: the message means that copy.
    freePiece(predecessor, piece);
    return;
  }
  const place = torrent.leases.sealed.get(piece);
  if (place !== undefined) {
    torrent.leases.sealed.delete(piece);
    torrent.diskMemory.sealedBytes -= place.extentBytes;
    freePlace(torrent, place);
    return;
  }
  const waiting = torrent.leases.waiting.get(piece);
  if (waiting !== undefined) dropWaiting(torrent, waiting);
  const open = torrent.leases.open.get(piece);
  if (open !== undefined) dropOpen(torrent, open);
}

/**
 * Whether another worker may get the lease. A piece that progresses, and whose blocks would be discarded for lack of
 * transfer memory, is finished here: otherwise workers with slow peers would take it from each other for ever.
 */
export function mayRevoke(torrent: Torrent, piece: PieceIndex, nowMs: number): boolean {
  const open = torrent.leases.open.get(piece);
  if (open === undefined || nowMs - open.gainedAtMs >= memoryStallMs) return true;
  return hasRoomToTransfer(torrent, open);
}

/**
 * Returns a lease.
 *
 * @param mayTransfer Keep the received blocks for another worker, unless transfers use too much memory.
 */
export function returnLease(torrent: Torrent, piece: PieceIndex, mayTransfer: boolean): void {
  const waiting = torrent.leases.waiting.get(piece);
  if (waiting !== undefined) {
    dropWaiting(torrent, waiting);
    emitLeaseReturned(torrent, piece, waiting.lease.lease);
    return;
  }
  const open = torrent.leases.open.get(piece);
  if (open === undefined) return;
  if (!mayTransfer || open.receivedCount === 0 || !hasRoomToTransfer(torrent, open)) {
    dropOpen(torrent, open);
    emitLeaseReturned(torrent, piece, open.lease);
    return;
  }
  closePiece(torrent, open);
  torrent.leases.outgoingTransfers.set(open.lease, open);
  torrent.worker.transferredBytes += open.place.extentBytes;
  torrent.worker.notices.emit("lease-returned", {
    torrent: torrent.id,
    piece,
    lease: open.lease,
    transferred: {
      offset: open.place.offset,
      received: open.receivedBlocks(),
      ...originOf(torrent, open),
    },
  });
}

/**
 * Returns the leases of pieces that no connected peer has: at once without a block, else after 60 s. Until then the
 * coordinator may revoke them.
 */
export function returnUnservableLeases(torrent: Torrent, nowMs: number): void {
  const { availability } = torrent.table;
  for (const piece of Array.from(torrent.leases.waiting.keys())) {
    if (availability[piece] === 0) returnLease(torrent, piece, true);
  }
  for (const open of Array.from(torrent.leases.open.values())) {
    if (availability[open.piece] !== 0) {
      open.strandedAtMs = undefined;
      continue;
    }
    open.strandedAtMs ??= nowMs;
    const isOver = open.receivedCount === 0 || nowMs - open.strandedAtMs >= strandedMs;
    if (isOver) returnLease(torrent, open.piece, true);
  }
}

/** Frees the transferred piece of `lease`: its reader is done. */
export function freeTransferred(torrent: Torrent, lease: LeaseId): void {
  const piece = torrent.leases.outgoingTransfers.get(lease);
  if (piece === undefined) return;
  torrent.leases.outgoingTransfers.delete(lease);
  torrent.worker.transferredBytes -= piece.place.extentBytes;
  freePlace(torrent, piece.place);
}

/** Drops all unsealed pieces silently: the torrent is closing. */
export function dropLeases(torrent: Torrent): void {
  torrent.worker.memoryQueue.leave(torrent);
  for (const waiting of Array.from(torrent.leases.waiting.values())) dropWaiting(torrent, waiting);
  for (const open of Array.from(torrent.leases.open.values())) dropOpen(torrent, open);
  for (const lease of Array.from(torrent.leases.outgoingTransfers.keys()))
    freeTransferred(torrent, lease);
}

function allocatePlace(
  torrent: Torrent,
  lease: PieceLease,
  lengthBytes: number,
): PiecePlace | undefined {
  const { worker } = torrent;
  if (lease.ownMemory !== undefined) {
    const { id, memory } = lease.ownMemory;
    return { slab: id, memory: new Uint8Array(memory), offset: 0, extentBytes: 0 };
  }
  const nowMs = worker.nowMs();
  const offset = worker.memoryQueue.allocate(torrent, lengthBytes, nowMs);
  if (offset < 0) return undefined;
  if (torrent.leases.open.size === 0) torrent.firstOpenedAtMs = nowMs;
  const extentBytes = worker.downloads.extentBytes(lengthBytes);
  torrent.countExtentBytes(extentBytes);
  return { slab: worker.options.slab.id, memory: worker.slab, offset, extentBytes };
}

function adoptTransferred(torrent: Torrent, lease: PieceLease, piece: PieceInProgress): void {
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
  torrent.worker.engine.reportTransferTaken(torrent.id, lease.lease);
}

/** The contributors for another worker, where our rows mean nothing. */
function originOf(torrent: Torrent, piece: PieceInProgress): PieceContributors<ContributorAddress> {
  const contributors = piece.contributors.map((contributor): ContributorAddress => {
    if (typeof contributor !== "number") return contributor;
    const session = torrent.sessionAt(contributor);
    if (session === undefined) throw new Error(`bug: contributor ${contributor} is gone unnoticed`);
    return sourceOf(session);
  });
  return {
    contributors,
    ...(piece.blockContributors !== undefined && { blockContributors: piece.blockContributors }),
  };
}

/** Identifies a peer after its row is gone. */
export function sourceOf({ identity: { host, port, peerId } }: Session): ContributorAddress {
  return { host, port, peerId };
}

function dropWaiting(torrent: Torrent, waiting: WaitingLease): void {
  const { piece, lease, transferred } = waiting.lease;
  torrent.leases.removeWaiting(piece);
  torrent.leases.paroles.delete(piece);
  if (transferred === undefined) return;
  // The other worker keeps its copy until it hears of a reader.
  torrent.worker.engine.reportTransferTaken(torrent.id, lease);
  const lengthBytes = pieceLength(torrent.geometry, piece);
  for (let block = 0; block < transferred.received.length; block++) {
    if (transferred.received[block] !== 1) continue;
    torrent.countWasted(Math.min(blockLengthBytes, lengthBytes - block * blockLengthBytes));
  }
}

function dropOpen(torrent: Torrent, piece: PieceInProgress): void {
  torrent.countWasted(piece.receivedBytes());
  closePiece(torrent, piece);
  freePlace(torrent, piece.place);
}

/** No block of the piece may start, go on arriving, or stay owed. */
function closePiece(torrent: Torrent, piece: PieceInProgress): void {
  for (const session of torrent.sessions) cancelPiece(session, piece);
  torrent.leases.removeOpen(piece);
  if (piece.receivingCount !== 0) {
    throw new Error(
      `bug: piece ${piece.piece} was closed while ${piece.receivingCount} blocks arrive`,
    );
  }
}

function hasRoomToTransfer(torrent: Torrent, piece: PieceInProgress): boolean {
  const { transferredBytes, downloads } = torrent.worker;
  const { extentBytes } = piece.place;
  const share = transferredBytes === 0 ? singleTransferShare : transferShare;
  return transferredBytes + extentBytes <= downloads.totalBytes * share;
}

function freePlace(torrent: Torrent, place: PiecePlace): void {
  const { worker } = torrent;
  if (place.extentBytes > 0) {
    worker.downloads.free(place.offset);
    torrent.countExtentBytes(-place.extentBytes);
  }
  worker.turnEnd.wakeLater();
  torrent.finishCloseWhenUnused();
}

function emitLeaseReturned(torrent: Torrent, piece: PieceIndex, lease: LeaseId): void {
  torrent.worker.notices.emit("lease-returned", { torrent: torrent.id, piece, lease });
}
