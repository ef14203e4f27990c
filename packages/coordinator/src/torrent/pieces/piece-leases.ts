// Leases of pieces to peer-workers: the answer to `pieces-wanted`, and what follows a returned lease.

import type {
  EngineProtocol,
  LeaseId,
  PeerRowIndex,
  PieceLease,
  PieceWanted,
  PeerProtocol,
  TorrentId,
} from "@troupe/messages";
import { needsOwnMemory, packLease, packLeases } from "@troupe/messages";
import { pieceLength } from "@troupe/protocol/metainfo";
import { hasBit, setBit } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";
import type { MessageOf } from "@troupe/actor-runtime";
import type { Engine } from "../../engine/base/engine-state.ts";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import { leasablePieces, paroleOf } from "../smart-ban/parole.ts";
import { pickForWebSeed } from "../web-seeds/web-seed-pick.ts";
import type { WebSeed } from "../web-seeds/web-seeds.ts";
import type { Lease } from "./piece-ledger.ts";
import type { TorrentContent } from "../torrent-content.ts";
import type { JobWithContent } from "../torrent-job.ts";
import { revokeForIdlePeer } from "./revoke-leases.ts";

/** The parts of the engine that grant leases. */
export type LeaseServices = Pick<Engine, "context" | "memory" | "peerWorkers">;

/** Most leases in an answer: about a second at the fastest rates seen. */
const leaseLimit = 4096;
/**
 * Answers `pieces-wanted` exactly once, even without a lease to give. Requests for oversized pieces wait their turn.
 */
export function piecesWanted(
  engine: LeaseServices,
  job: JobWithContent,
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
  const leases: (number | PieceLease)[] = [];
  let granted = 0;
  const nothingFor: PeerRowIndex[] = [];
  const withheldFor: PeerRowIndex[] = [];
  const reserved: { readonly peer: PeerRowIndex; readonly pieces: readonly PieceIndex[] }[] = [];
  // A seed-only torrent never writes.
  const mayWrite = job.request.mode === "download";
  const mayBegin =
    mayWrite &&
    job.life.held === undefined &&
    job.state === "active" &&
    job.disk.watch.state === "answering";
  let idlePeer: PeerRowIndex | undefined;
  let isAnyWithheld = false;
  for (const each of mayBegin ? wanted : []) {
    const room = Math.min(Math.max(1, each.count), leaseLimit - granted);
    if (hasAnyMissing(job.content, peerWorker.index, each)) {
      if (room === 0) continue;
      const picked = pickFor(engine, job, peerWorker, { ...each, count: room });
      const isWithoutRanges = webSeedAt(job, peerWorker, each.peer)?.givesWholeFiles === true;
      const isWithheld = job.content.picker.mayWithhold && !isWithoutRanges;
      if (picked.length === 0 && (isWithheld || isWithoutRanges)) withheldFor.push(each.peer);
      isAnyWithheld ||= picked.length === 0 && isWithheld;
      const pieces = grantAll(engine, job, peerWorker, picked, leases);
      granted += pieces.length;
      if (isWithoutRanges) reserved.push({ peer: each.peer, pieces });
      continue;
    }
    nothingFor.push(each.peer);
    // A peer that chokes us gives no piece that another worker holds.
    if (each.among === undefined) idlePeer ??= each.peer;
  }
  if (granted === 0 && isAnyWithheld)
    job.content.picker.withheldAtMs = engine.context.clock.nowMs();
  const isEndgame = nothingFor.length > 0 && !isAnyLeft(job.content);
  peerWorker.calls.cast("lease-pieces", {
    torrent: job.id,
    leases,
    nothingFor,
    ...(withheldFor.length > 0 && { withheldFor }),
    ...(reserved.length > 0 && { reserved }),
    isEndgame,
  });
  if (granted === 0 && idlePeer !== undefined && isEndgame) {
    revokeForIdlePeer(engine, job, peerWorker, idlePeer);
  }
}

/** Takes back a lease, and moves the piece to a worker that can continue it. */
export function leaseReturned(
  engine: LeaseServices,
  job: JobWithContent,
  peerWorker: PeerWorkerHandle,
  { piece, lease, transferred }: MessageOf<PeerProtocol, "lease-returned">,
): void {
  const { ledger, picker, transfers } = job.content;
  const held = ledger.leaseOf(piece, lease);
  if (held === undefined || held.worker !== peerWorker.index) {
    if (transferred !== undefined) freeTransferred(job.id, peerWorker, lease);
    return;
  }
  const ownSlab = engine.memory.oversizedPieces.slabOf(lease);
  const memory = (ownSlab ?? peerWorker.slab)?.memory;
  ledger.release(piece);
  picker.putBack(piece);
  engine.memory.oversizedPieces.release(engine.memory.slabs, lease);
  // Even an empty piece goes to the worker that asked: the old one would request it again first.
  if (memory === undefined || (transferred === undefined && held.wantedBy === undefined)) return;
  const next = successor(engine, job, held, ownSlab !== undefined);
  const moved = next && grant(engine, job, next, piece, held.moves + 1);
  if (moved === undefined || next === undefined) {
    if (transferred !== undefined) freeTransferred(job.id, peerWorker, lease);
    return;
  }
  if (transferred !== undefined) transfers.set(moved.lease, { peerWorker, lease });
  const withBlocks = transferred && { transferred: { memory, ...transferred } };
  next.calls.cast("lease-pieces", {
    torrent: job.id,
    isUnasked: true,
    leases: packLeases([{ ...moved, ...withBlocks }]),
    nothingFor: [],
  });
}

/** Leases a missing piece with blocks that are there to a worker whose peers have it, if any. */
export function leaseWithBlocks(
  engine: LeaseServices,
  job: JobWithContent,
  piece: PieceIndex,
  transferred: NonNullable<PieceLease["transferred"]>,
): void {
  const { ledger, traffic } = job.content;
  if (!ledger.isPickable(piece)) return;
  const hasPiece = ({ index, ref }: PeerWorkerHandle): boolean =>
    ref.peer !== undefined && (traffic.tables[index]?.availability[piece] ?? 0) > 0;
  const next = engine.peerWorkers.find(hasPiece);
  const lease = next && grant(engine, job, next, piece);
  if (lease === undefined) return;
  next?.calls.cast("lease-pieces", {
    torrent: job.id,
    isUnasked: true,
    leases: packLeases([{ ...lease, transferred }]),
    nothingFor: [],
  });
}

/** The new worker has copied the blocks: the old worker's memory is free. */
export function transferTaken(
  _engine: unknown,
  { id, content: { transfers } }: JobWithContent,
  { lease }: MessageOf<EngineProtocol, "transferred-piece-taken">,
): void {
  const from = transfers.get(lease);
  transfers.delete(lease);
  if (from !== undefined) freeTransferred(id, from.peerWorker, from.lease);
}

/** Drops transfers to a crashed worker, and those from it, whose memory is gone. */
export function forgetTransfers(
  { id, content: { ledger, transfers } }: JobWithContent,
  gone: PeerWorkerHandle,
): void {
  const leased = new Set([...ledger.leases()].map(({ lease }) => lease));
  for (const [lease, from] of transfers) {
    if (from.peerWorker !== gone && leased.has(lease)) continue;
    transfers.delete(lease);
    if (from.peerWorker !== gone) freeTransferred(id, from.peerWorker, from.lease);
  }
}

function freeTransferred(torrent: TorrentId, peerWorker: PeerWorkerHandle, lease: LeaseId): void {
  peerWorker.calls.cast("transferred-piece-taken", { torrent, lease });
}

/** @returns The pieces whose leases were granted, and added to `leases`. */
function grantAll(
  engine: LeaseServices,
  job: JobWithContent,
  peerWorker: PeerWorkerHandle,
  picked: readonly PieceIndex[],
  leases: (number | PieceLease)[],
): readonly PieceIndex[] {
  const granted: PieceIndex[] = [];
  for (const piece of picked) {
    const lease = grant(engine, job, peerWorker, piece);
    if (lease === undefined) break;
    packLease(leases, lease);
    granted.push(piece);
  }
  return granted;
}

function pickFor(
  engine: LeaseServices,
  job: JobWithContent,
  peerWorker: PeerWorkerHandle,
  { peer, count, among }: PieceWanted,
): readonly PieceIndex[] {
  const nowMs = engine.context.clock.nowMs();
  const leasable = leasablePieces(job, peerWorker, peer, nowMs);
  if (leasable === undefined) return [];
  const webSeed = webSeedAt(job, peerWorker, peer);
  // A due piece comes when the reading of its file does: pieces before it must not be passed over.
  const peerHas = webSeed?.givesWholeFiles === true ? leasable : onlyAmong(leasable, among);
  const { picker, traffic } = job.content;
  const availability = traffic.availability();
  const { index: worker } = peerWorker;
  const question = { peerHas, count, availability, nowMs, worker, rates: traffic };
  return webSeed === undefined ? picker.pick(question) : pickForWebSeed(job, webSeed, question);
}

function webSeedAt(
  { content: { webSeeds }, peers }: JobWithContent,
  { index }: PeerWorkerHandle,
  peer: PeerRowIndex,
): WebSeed | undefined {
  return webSeeds.byPeerId(peers.at(index, peer)?.peerId ?? "");
}

/** The pieces of a bitfield that are asked for; all without `among`. */
function onlyAmong(bitfield: Uint8Array, among: readonly PieceIndex[] | undefined): Uint8Array {
  if (among === undefined) return bitfield;
  const bits = new Uint8Array(bitfield.length);
  for (const piece of among) if (hasBit(bitfield, piece)) setBit(bits, piece);
  return bits;
}

function hasAnyMissing(
  { ledger, picker, traffic }: TorrentContent,
  worker: number,
  { peer, among }: PieceWanted,
): boolean {
  if (ledger.isComplete) return false;
  const row = traffic.row(worker, peer);
  return row !== undefined && picker.hasMissing(onlyAmong(row.bitfield, among));
}

/** Whether a connected peer has a missing piece without a lease. Until then an endgame wastes traffic. */
function isAnyLeft({ ledger, picker, traffic }: TorrentContent): boolean {
  return !ledger.isComplete && picker.isAnyAvailable(traffic.availability());
}

function isAnyPeerInNeed(
  job: JobWithContent,
  peerWorker: PeerWorkerHandle,
  wanted: readonly PieceWanted[],
): boolean {
  return (
    job.state === "active" &&
    wanted.some((each) => hasAnyMissing(job.content, peerWorker.index, each))
  );
}

/** The engine holds one oversized piece at a time. */
function mustWaitForOversizedPiece(
  engine: LeaseServices,
  job: JobWithContent,
  peerWorker: PeerWorkerHandle,
): boolean {
  const { pieceLengthBytes } = job.content.metainfo.geometry;
  return (
    needsOwnMemory(pieceLengthBytes, peerWorker.downloadBytes) &&
    engine.memory.oversizedPieces.isTaken
  );
}

function grant(
  engine: LeaseServices,
  job: JobWithContent,
  peerWorker: PeerWorkerHandle,
  piece: PieceIndex,
  moves = 0,
): PieceLease | undefined {
  const { ledger } = job.content;
  const lengthBytes = pieceLength(ledger.geometry, piece);
  const isOversized = needsOwnMemory(lengthBytes, peerWorker.downloadBytes);
  if (isOversized && engine.memory.oversizedPieces.isTaken) return undefined;
  const nowMs = engine.context.clock.nowMs();
  const { lease, worker } = ledger.grant(piece, peerWorker.index, nowMs, moves);
  const parole = paroleOf(job, peerWorker, piece);
  if (!isOversized) return parole === undefined ? { piece, lease } : { piece, lease, parole };
  const holder = { torrent: job.id, piece, lease, worker };
  const slab = engine.memory.oversizedPieces.take(engine.memory.slabs, holder, lengthBytes);
  const ownMemory = { id: slab.id, memory: slab.memory };
  return { piece, lease, ...(parole !== undefined && { parole }), ownMemory };
}

function successor(
  engine: LeaseServices,
  job: JobWithContent,
  held: Lease,
  isOversized: boolean,
): PeerWorkerHandle | undefined {
  if (!job.content.ledger.isWanted(held.piece)) return undefined;
  return isOversized ? firstInQueue(engine, job, held) : nextWorker(engine, job, held);
}

/** Keeps the blocks only if the first waiting request is for this torrent and its worker can use them. */
function firstInQueue(
  engine: LeaseServices,
  job: JobWithContent,
  held: Lease,
): PeerWorkerHandle | undefined {
  const { first } = engine.memory.oversizedPieceQueue;
  if (first === undefined) return nextWorker(engine, job, held);
  return first.job === job && canServe(job, held, first.peerWorker) ? first.peerWorker : undefined;
}

function canServe(job: JobWithContent, held: Lease, peerWorker: PeerWorkerHandle): boolean {
  if (peerWorker.index === held.worker || peerWorker.ref.peer === undefined) return false;
  return (job.content.traffic.tables[peerWorker.index]?.availability[held.piece] ?? 0) > 0;
}

function nextWorker(
  engine: LeaseServices,
  job: JobWithContent,
  held: Lease,
): PeerWorkerHandle | undefined {
  const asking = held.wantedBy === undefined ? undefined : engine.peerWorkers[held.wantedBy];
  if (asking !== undefined && canServe(job, held, asking)) return asking;
  return engine.peerWorkers.find((peerWorker) => canServe(job, held, peerWorker));
}
