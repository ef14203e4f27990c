// Pieces handed to peer-workers: the answer to `pieces-wanted`, and what happens when one comes back.
// A worker that finds nothing missing may get a piece from another worker, with what has arrived of it (endgame).

import type {
  CoordinatorProtocol,
  LeaseId,
  PeerRowIndex,
  PieceLease,
  PieceWanted,
  PeerProtocol,
} from "@troupe/messages";
import { needsOwnMemory, paroleMs } from "@troupe/messages";
import { hasBit, pieceLength, type PieceIndex } from "@troupe/protocol";
import type { MessageOf } from "@troupe/actor-runtime";
import type { Engine } from "../../engine/base/engine-state.ts";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import { leasablePieces, paroleOf } from "../smart-ban/parole.ts";
import type { Lease } from "./piece-ledger.ts";
import type { TorrentJob } from "../torrent-job.ts";

/** One answer leases at most this many pieces: about a second at the fastest rates seen. */
const leaseLimit = 4096;
/**
 * A lease younger than this is not taken from its worker: it may be about to finish. Doubled with each move of its
 * piece, so that workers with slow peers do not take it from each other before a block is whole.
 */
const settledAfterMs = 5_000;
const mostMoves = 10;
/** A worker that did not give a lease back finishes the piece, or is asked again after this. */
const askAgainMs = 30_000;

/**
 * Answers one `pieces-wanted`. Every question gets exactly one answer, also when nothing can be leased; one for oversized
 * pieces waits until it is its turn.
 */
export function piecesWanted(
  engine: Pick<Engine, "context" | "memory" | "peerWorkers">,
  job: TorrentJob,
  peerWorker: PeerWorkerHandle,
  { peers: wanted }: Pick<MessageOf<PeerProtocol, "pieces-wanted">, "peers">,
): void {
  if (
    mustWaitForOversizedPiece(engine, job, peerWorker) &&
    isAnyPeerInNeed(job, peerWorker, wanted)
  ) {
    engine.memory.oversizedPieceQueue.add({ job, peerWorker, wanted });
    return;
  }
  const pieces: PieceLease[] = [];
  const nothingFor: PeerRowIndex[] = [];
  // Who only seeds writes nothing, also when a piece is found lost on the disk.
  const mayWrite = job.request.mode === "download";
  const mayBegin =
    mayWrite &&
    job.life.held === undefined &&
    job.state === "active" &&
    job.disk.watch.state === "answering";
  for (const { peer, count } of mayBegin ? wanted : []) {
    const room = Math.min(Math.max(1, count), leaseLimit - pieces.length);
    const granted = room > 0 ? grantFor(engine, job, peerWorker, { peer, count: room }) : [];
    pieces.push(...granted);
    if (granted.length === 0 && !hasAnyMissing(job, peerWorker, peer)) nothingFor.push(peer);
  }
  const [idlePeer] = nothingFor;
  const isEndgame = idlePeer !== undefined && !isAnyLeft(job);
  peerWorker.cast("lease-pieces", { torrent: job.id, pieces, nothingFor, isEndgame });
  if (pieces.length === 0 && idlePeer !== undefined && isEndgame) {
    recallLease(engine, job, peerWorker, idlePeer);
  }
}

/** A lease that its worker gives back. */
export function leaseReturned(
  engine: Pick<Engine, "context" | "memory" | "peerWorkers">,
  job: TorrentJob,
  peerWorker: PeerWorkerHandle,
  { piece, lease, transferred }: MessageOf<PeerProtocol, "lease-returned">,
): void {
  const held = job.ledger.leaseOf(piece, lease);
  if (held === undefined || held.worker !== peerWorker.index) {
    if (transferred !== undefined) freeTransferred(job, peerWorker, lease);
    return;
  }
  const ownSlab = engine.memory.oversizedPieces.slabOf(lease);
  const memory = (ownSlab ?? peerWorker.slab)?.memory;
  job.ledger.release(piece);
  job.picker.putBack(piece);
  engine.memory.oversizedPieces.release(engine.memory.slabs, lease);
  // Without anything arrived it goes to the worker that asked for it all the same: the old one would be back sooner.
  if (memory === undefined || (transferred === undefined && held.wantedBy === undefined)) return;
  const next = successor(engine, job, held, ownSlab !== undefined);
  const moved = next && grant(engine, job, next, piece, held.moves + 1);
  if (moved === undefined || next === undefined) {
    if (transferred !== undefined) freeTransferred(job, peerWorker, lease);
    return;
  }
  if (transferred !== undefined) job.attempts.transfers.set(moved.lease, { peerWorker, lease });
  const withBlocks = transferred && { transferred: { memory, ...transferred } };
  next.cast("lease-pieces", {
    torrent: job.id,
    pieces: [{ ...moved, ...withBlocks }],
    nothingFor: [],
  });
}

/** The worker with the new lease has read the copy: the old one's memory is free. */
export function transferTaken(
  _engine: Engine,
  job: TorrentJob,
  { lease }: MessageOf<CoordinatorProtocol, "transferred-piece-taken">,
): void {
  const from = job.attempts.transfers.get(lease);
  job.attempts.transfers.delete(lease);
  if (from !== undefined) freeTransferred(job, from.peerWorker, from.lease);
}

/**
 * A worker is gone and its leases are released: a copy that was on its way to it is let go, one that lay in its memory
 * is nobody's to free.
 */
export function forgetTransfers(job: TorrentJob, gone: PeerWorkerHandle): void {
  const leased = new Set([...job.ledger.leases()].map(({ lease }) => lease));
  for (const [lease, from] of job.attempts.transfers) {
    if (from.peerWorker !== gone && leased.has(lease)) continue;
    job.attempts.transfers.delete(lease);
    if (from.peerWorker !== gone) freeTransferred(job, from.peerWorker, from.lease);
  }
}

function freeTransferred(job: TorrentJob, peerWorker: PeerWorkerHandle, lease: LeaseId): void {
  peerWorker.cast("transferred-piece-taken", { torrent: job.id, lease });
}

function grantFor(
  engine: Pick<Engine, "context" | "memory">,
  job: TorrentJob,
  peerWorker: PeerWorkerHandle,
  { peer, count }: PieceWanted,
): PieceLease[] {
  const granted: PieceLease[] = [];
  for (const piece of pickFor(engine, job, peerWorker, { peer, count })) {
    const lease = grant(engine, job, peerWorker, piece);
    if (lease === undefined) break;
    granted.push(lease);
  }
  return granted;
}

function pickFor(
  engine: Pick<Engine, "context">,
  job: TorrentJob,
  peerWorker: PeerWorkerHandle,
  { peer, count }: PieceWanted,
): PieceIndex[] {
  const nowMs = engine.context.clock.nowMs();
  const givable = leasablePieces(job, peerWorker, peer, nowMs);
  if (givable === undefined) return [];
  return job.picker.pick(givable, count, job.traffic.availability(), nowMs);
}

function hasAnyMissing(job: TorrentJob, peerWorker: PeerWorkerHandle, peer: PeerRowIndex): boolean {
  if (job.ledger.isComplete) return false;
  const row = job.traffic.tables[peerWorker.index]?.row(peer);
  return row !== undefined && job.picker.hasMissing(row.bitfield);
}

/**
 * Whether a connected peer has a piece that is missing and leased to nobody. While there is one, the pieces under way do
 * not decide when the download is whole: to ask for their blocks twice, or to move them, is waste.
 */
function isAnyLeft(job: TorrentJob): boolean {
  return !job.ledger.isComplete && job.picker.isAnyAvailable(job.traffic.availability());
}

/** Somebody who asks could be given something, were there memory for it. */
function isAnyPeerInNeed(
  job: TorrentJob,
  peerWorker: PeerWorkerHandle,
  wanted: readonly PieceWanted[],
): boolean {
  return job.state === "active" && wanted.some(({ peer }) => hasAnyMissing(job, peerWorker, peer));
}

/** A piece that does not fit the worker's memory gets a buffer of its own: one at a time in the whole engine. */
function mustWaitForOversizedPiece(
  engine: Pick<Engine, "memory">,
  job: TorrentJob,
  peerWorker: PeerWorkerHandle,
): boolean {
  const { pieceLengthBytes } = job.metainfo.geometry;
  return (
    needsOwnMemory(pieceLengthBytes, peerWorker.downloadBytes) &&
    engine.memory.oversizedPieces.isTaken
  );
}

function grant(
  engine: Pick<Engine, "context" | "memory">,
  job: TorrentJob,
  peerWorker: PeerWorkerHandle,
  piece: PieceIndex,
  moves = 0,
): PieceLease | undefined {
  const lengthBytes = pieceLength(job.metainfo.geometry, piece);
  const isOversized = needsOwnMemory(lengthBytes, peerWorker.downloadBytes);
  if (isOversized && engine.memory.oversizedPieces.isTaken) return undefined;
  const nowMs = engine.context.clock.nowMs();
  const { lease, worker } = job.ledger.grant(piece, peerWorker.index, nowMs, moves);
  const parole = paroleOf(job, peerWorker, piece);
  if (!isOversized) return { piece, lease, ...parole };
  const holder = { torrent: job.id, piece, lease, worker };
  const slab = engine.memory.oversizedPieces.take(engine.memory.slabs, holder, lengthBytes);
  return { piece, lease, ...parole, ownMemory: { id: slab.id, memory: slab.memory } };
}

/** Endgame over workers: asks the holder of a piece that this idle peer has to give it back. */
function recallLease(
  engine: Pick<Engine, "context" | "peerWorkers">,
  job: TorrentJob,
  peerWorker: PeerWorkerHandle,
  peer: PeerRowIndex,
): void {
  const row = job.traffic.tables[peerWorker.index]?.row(peer);
  if (row === undefined || engine.peerWorkers.length === 1) return;
  const nowMs = engine.context.clock.nowMs();
  for (const lease of job.ledger.leases()) {
    const isAsked = nowMs - lease.askedBackAtMs < askAgainMs;
    if (isAsked && lease.wantedBy === peerWorker.index) return;
    if (lease.worker === peerWorker.index || isAsked || !isSettled(job, lease, nowMs)) continue;
    if (!hasBit(row.bitfield, lease.piece) || !job.ledger.isWanted(lease.piece)) continue;
    lease.wantedBy = peerWorker.index;
    lease.askedBackAtMs = nowMs;
    const { piece, lease: number } = lease;
    engine.peerWorkers[lease.worker]?.cast("revoke-lease", {
      torrent: job.id,
      piece,
      lease: number,
    });
    return;
  }
}

function isSettled(job: TorrentJob, lease: Lease, nowMs: number): boolean {
  const { grantedAtMs, moves, piece } = lease;
  const isOnParole = job.attempts.failed.isOnParole(piece);
  const soonestMs = isOnParole
    ? paroleMs(pieceLength(job.metainfo.geometry, piece))
    : settledAfterMs;
  return nowMs - grantedAtMs >= soonestMs * 2 ** Math.min(moves, mostMoves);
}

/** Who goes on with a piece; nobody when nobody wants it any more. */
function successor(
  engine: Pick<Engine, "memory" | "peerWorkers">,
  job: TorrentJob,
  held: Lease,
  isOversized: boolean,
): PeerWorkerHandle | undefined {
  if (!job.ledger.isWanted(held.piece)) return undefined;
  return isOversized ? firstInQueue(engine, job, held) : nextWorker(engine, job, held);
}

/** The same for an oversized piece: when others wait it is their turn, and what has arrived is kept only if the first can use it. */
function firstInQueue(
  engine: Pick<Engine, "memory" | "peerWorkers">,
  job: TorrentJob,
  held: Lease,
): PeerWorkerHandle | undefined {
  const { first } = engine.memory.oversizedPieceQueue;
  if (first === undefined) return nextWorker(engine, job, held);
  return first.job === job && canServe(job, held, first.peerWorker) ? first.peerWorker : undefined;
}

function canServe(job: TorrentJob, held: Lease, peerWorker: PeerWorkerHandle): boolean {
  if (peerWorker.index === held.worker || peerWorker.ref.peer === undefined) return false;
  return (job.traffic.tables[peerWorker.index]?.availability[held.piece] ?? 0) > 0;
}

/** Who goes on with a piece that came back half full: the worker that asked for it, or any other with a peer that has it. */
function nextWorker(
  engine: Pick<Engine, "peerWorkers">,
  job: TorrentJob,
  held: Lease,
): PeerWorkerHandle | undefined {
  const asking = held.wantedBy === undefined ? undefined : engine.peerWorkers[held.wantedBy];
  if (asking !== undefined && canServe(job, held, asking)) return asking;
  return engine.peerWorkers.find((peerWorker) => canServe(job, held, peerWorker));
}
