// The life of a lease in this worker: held, opened in memory, sealed, or given back.

import type { LeaseId, PieceLease, PieceOrigin, PieceSource } from "@troupe/messages";
import {
  type PieceIndex,
  blockCount,
  blockLengthBytes,
  hasBit,
  pieceLength,
} from "@troupe/protocol";

import { cancelPiece } from "./downloads.ts";
import { Parole } from "./parole.ts";
import { weLosePiece } from "./interest.ts";
import type { WaitingLease } from "./lease-book.ts";
import {
  maxStallPatienceMs,
  memoryStallMs,
  stallBlockTimes,
  stallPatienceMs,
  strandedMs,
} from "./limits.ts";
import { PieceInProgress, type PiecePlace } from "./piece-in-progress.ts";
import type { Session } from "./session.ts";
import type { Torrent } from "./torrent.ts";

/** Share of the download memory that may be kept for copies which other workers have yet to read. */
const carriedShare = 0.25;
/** The same for a single copy: the worker must still be able to open a piece that another one carries to it. */
const oneCarriedShare = 0.5;

/**
 * Takes a lease from the coordinator. A piece that we had is had no more then: it was lost on the disk. One that is in
 * our hands already is given back, so that the coordinator does not wait for it.
 */
export function holdLease(torrent: Torrent, lease: PieceLease): void {
  const { piece } = lease;
  if (torrent.book.knows(piece)) {
    if (lease.carried !== undefined)
      torrent.worker.owner.carriedPieceTaken(torrent.id, lease.lease);
    sayReturned(torrent, piece, lease.lease);
    return;
  }
  if (hasBit(torrent.had, piece)) weLosePiece(torrent, piece);
  torrent.book.hold(lease, blockCount(torrent.geometry, piece));
  if (lease.parole === undefined) return;
  const { mistrusted } = lease.parole;
  torrent.book.paroles.set(piece, new Parole(mistrusted, pieceLength(torrent.geometry, piece)));
}

/**
 * Allots memory to a held lease and copies what another worker carried so far.
 *
 * @returns Undefined when no extent of its size is free now, other torrents go first, or too much waits for its disk
 *   already; the torrent waits then.
 *   A piece may come back sealed.
 */
export function openPiece(torrent: Torrent, held: WaitingLease): PieceInProgress | undefined {
  const { lease } = held;
  const lengthBytes = pieceLength(torrent.geometry, lease.piece);
  const place = allotPlace(torrent, lease, lengthBytes);
  if (place === undefined) return undefined;
  torrent.book.removeWaiting(lease.piece);
  const piece = new PieceInProgress(lease.piece, lease.lease, lengthBytes, place);
  piece.openedAtMs = torrent.worker.nowMs();
  adoptCarried(torrent, lease, piece);
  torrent.book.addOpen(piece);
  if (piece.isWhole) sealPiece(torrent, piece);
  return piece;
}

/** All blocks are in place: from here on nobody writes there, and the coordinator has it hashed and written. */
export function sealPiece(torrent: Torrent, piece: PieceInProgress): void {
  torrent.book.removeOpen(piece);
  torrent.book.sealed.set(piece.piece, piece.place);
  torrent.diskMemory.sealedBytes += piece.place.extentBytes;
  torrent.stallPatienceMs = patienceWith(piece);
  torrent.worker.notices.say("piece-sealed", {
    torrent: torrent.id,
    piece: piece.piece,
    lease: piece.lease,
    slab: piece.place.slab,
    offset: piece.place.offset,
    lengthBytes: piece.lengthBytes,
    contributors: piece.contributors,
    ...(piece.givenBy !== undefined && { givenBy: piece.givenBy }),
  });
}

/** The time without a block after which a torrent with this piece gives up one, when others wait for memory. */
export function patienceWith({ openedAtMs, gainedAtMs, receivedCount }: PieceInProgress): number {
  const blockMs = receivedCount === 0 ? 0 : (gainedAtMs - openedAtMs) / receivedCount;
  return Math.min(Math.max(stallPatienceMs, stallBlockTimes * blockMs), maxStallPatienceMs);
}

/** The coordinator is done with a sealed piece, or has it from elsewhere: whatever is kept for it is free. */
export function settlePiece(torrent: Torrent, piece: PieceIndex): void {
  const { predecessor } = torrent;
  if (predecessor?.book.sealed.has(piece) === true) {
    // Sealed first, so spoken of first.
    settlePiece(predecessor, piece);
    return;
  }
  const place = torrent.book.sealed.get(piece);
  if (place !== undefined) {
    torrent.book.sealed.delete(piece);
    torrent.diskMemory.sealedBytes -= place.extentBytes;
    freePlace(torrent, place);
    return;
  }
  const held = torrent.book.waiting.get(piece);
  if (held !== undefined) dropWaiting(torrent, held);
  const open = torrent.book.open.get(piece);
  if (open !== undefined) dropOpen(torrent, open);
}

/**
 * Whether a lease may be given back because another worker asks for it. A piece that gets on, and whose blocks would be
 * thrown away for want of memory to keep them in, is finished here: workers with slow peers would take it from each
 * other for ever.
 */
export function mayRevoke(torrent: Torrent, piece: PieceIndex, nowMs: number): boolean {
  const open = torrent.book.open.get(piece);
  if (open === undefined || nowMs - open.gainedAtMs >= memoryStallMs) return true;
  return hasRoomToCarry(torrent, open);
}

/**
 * Gives a lease back.
 *
 * @param mayCarry Whether what has arrived is kept for another worker. It is thrown away all the same when too much
 *   memory is kept so already.
 */
export function returnLease(torrent: Torrent, piece: PieceIndex, mayCarry: boolean): void {
  const held = torrent.book.waiting.get(piece);
  if (held !== undefined) {
    dropWaiting(torrent, held);
    sayReturned(torrent, piece, held.lease.lease);
    return;
  }
  const open = torrent.book.open.get(piece);
  if (open === undefined) return;
  if (!mayCarry || open.receivedCount === 0 || !hasRoomToCarry(torrent, open)) {
    dropOpen(torrent, open);
    sayReturned(torrent, piece, open.lease);
    return;
  }
  closePiece(torrent, open);
  torrent.book.carriedOut.set(open.lease, open);
  torrent.worker.carriedBytes += open.place.extentBytes;
  torrent.worker.notices.say("lease-returned", {
    torrent: torrent.id,
    piece,
    lease: open.lease,
    carried: {
      offset: open.place.offset,
      received: open.receivedBlocks(),
      ...originOf(torrent, open),
    },
  });
}

/**
 * Gives back the leases of pieces that no connected peer has: at once those of which nothing has arrived, the others
 * when no peer with the piece has come for 60 s. Until then the coordinator may revoke them.
 */
export function returnUnservable(torrent: Torrent, nowMs: number): void {
  const { availability } = torrent.table;
  for (const piece of Array.from(torrent.book.waiting.keys())) {
    if (availability[piece] === 0) returnLease(torrent, piece, true);
  }
  for (const open of Array.from(torrent.book.open.values())) {
    if (availability[open.piece] !== 0) {
      open.strandedAtMs = undefined;
      continue;
    }
    open.strandedAtMs ??= nowMs;
    const isOver = open.receivedCount === 0 || nowMs - open.strandedAtMs >= strandedMs;
    if (isOver) returnLease(torrent, open.piece, true);
  }
}

/** The copy given back with `lease` has been read. */
export function freeCarried(torrent: Torrent, lease: LeaseId): void {
  const piece = torrent.book.carriedOut.get(lease);
  if (piece === undefined) return;
  torrent.book.carriedOut.delete(lease);
  torrent.worker.carriedBytes -= piece.place.extentBytes;
  freePlace(torrent, piece.place);
}

/** Drops all that is not sealed, without a word to the coordinator: the torrent is being closed. */
export function dropLeases(torrent: Torrent): void {
  torrent.worker.memoryQueue.leave(torrent);
  for (const held of Array.from(torrent.book.waiting.values())) dropWaiting(torrent, held);
  for (const open of Array.from(torrent.book.open.values())) dropOpen(torrent, open);
  for (const lease of Array.from(torrent.book.carriedOut.keys())) freeCarried(torrent, lease);
}

function allotPlace(
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
  if (torrent.book.open.size === 0) torrent.firstOpenedAtMs = nowMs;
  const extentBytes = worker.downloads.extentBytes(lengthBytes);
  torrent.countSlotBytes(extentBytes);
  return { slab: worker.options.slab.id, memory: worker.slab, offset, extentBytes };
}

function adoptCarried(torrent: Torrent, lease: PieceLease, piece: PieceInProgress): void {
  const { carried } = lease;
  if (carried === undefined) return;
  const from = new Uint8Array(carried.memory, carried.offset, piece.lengthBytes);
  for (let block = 0; block < piece.blockCount; block++) {
    if (carried.received[block] !== 1) continue;
    const begin = block * blockLengthBytes;
    const bytes = from.subarray(begin, begin + piece.blockLengthBytes(block));
    piece.place.memory.set(bytes, piece.place.offset + begin);
    piece.adoptBlock(block, carried.contributors[carried.givenBy?.[block] ?? 0]);
  }
  torrent.worker.owner.carriedPieceTaken(torrent.id, lease.lease);
}

/** Who gave what has arrived, for another worker: slots mean nothing there. */
function originOf(torrent: Torrent, piece: PieceInProgress): PieceOrigin<PieceSource> {
  const contributors = piece.contributors.map((contributor): PieceSource => {
    if (typeof contributor !== "number") return contributor;
    const session = torrent.sessionAt(contributor);
    if (session === undefined) throw new Error(`bug: contributor ${contributor} is gone unnoticed`);
    return sourceOf(session);
  });
  return { contributors, ...(piece.givenBy !== undefined && { givenBy: piece.givenBy }) };
}

/** A peer as it is known when it is gone. */
export function sourceOf({ identity: { host, port, peerId } }: Session): PieceSource {
  return { host, port, peerId };
}

function dropWaiting(torrent: Torrent, held: WaitingLease): void {
  const { piece, lease, carried } = held.lease;
  torrent.book.removeWaiting(piece);
  torrent.book.paroles.delete(piece);
  if (carried === undefined) return;
  // The other worker keeps its copy until it hears that it was read; this one will not be.
  torrent.worker.owner.carriedPieceTaken(torrent.id, lease);
  const lengthBytes = pieceLength(torrent.geometry, piece);
  for (let block = 0; block < carried.received.length; block++) {
    if (carried.received[block] !== 1) continue;
    torrent.countWasted(Math.min(blockLengthBytes, lengthBytes - block * blockLengthBytes));
  }
}

function dropOpen(torrent: Torrent, piece: PieceInProgress): void {
  torrent.countWasted(piece.receivedBytes());
  closePiece(torrent, piece);
  freePlace(torrent, piece.place);
}

/** No block starts in the piece any more, none goes on arriving, none is owed. */
function closePiece(torrent: Torrent, piece: PieceInProgress): void {
  for (const session of torrent.sessions) cancelPiece(session, piece);
  torrent.book.removeOpen(piece);
  if (piece.receivingCount !== 0) {
    throw new Error(
      `bug: piece ${piece.piece} was closed while ${piece.receivingCount} blocks arrive`,
    );
  }
}

function hasRoomToCarry(torrent: Torrent, piece: PieceInProgress): boolean {
  const { carriedBytes, downloads } = torrent.worker;
  const { extentBytes } = piece.place;
  const share = carriedBytes === 0 ? oneCarriedShare : carriedShare;
  return carriedBytes + extentBytes <= downloads.totalBytes * share;
}

function freePlace(torrent: Torrent, place: PiecePlace): void {
  const { worker } = torrent;
  if (place.extentBytes > 0) {
    worker.downloads.free(place.offset);
    torrent.countSlotBytes(-place.extentBytes);
  }
  worker.turnEnd.wakeLater();
  torrent.settleClose();
}

function sayReturned(torrent: Torrent, piece: PieceIndex, lease: LeaseId): void {
  torrent.worker.notices.say("lease-returned", { torrent: torrent.id, piece, lease });
}
