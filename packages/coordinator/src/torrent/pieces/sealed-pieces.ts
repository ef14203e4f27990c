// A sealed piece: hash pool → file-worker → had → `have` and the user's event. Both come after the write has returned,
// never after the hash alone.

import {
  unpackPadding,
  type FileProtocol,
  type PieceReport,
  type PieceSealed,
  type StorageRefusal,
  type TorrentId,
  type WritePiece,
} from "@troupe/messages";
import { codeOf, type MessageOf } from "@troupe/actor-runtime";
import type { HashTask } from "@troupe/hash-worker";
import { blockLengthBytes, pieceLength, type Metainfo, type PieceIndex } from "@troupe/protocol";
import type { Engine } from "../../engine/base/engine-state.ts";
import { failEngine } from "../../engine/base/breadcrumb.ts";
import type { DiskHandle } from "../../engine/base/disk-handle.ts";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import type { Slab } from "../../engine/base/slabs.ts";
import { suspectFile } from "../checks/suspect-files.ts";
import { completeIfWhole, markPieceHad } from "./have-updates.ts";
import { quarantineFault } from "../lifecycle/faults.ts";
import { reportOf } from "../report/piece-report.ts";
import { originOf } from "../smart-ban/contributors.ts";
import { contributorKey, type AttemptOrigin } from "../smart-ban/failed-attempts.ts";
import { endTroubleBy, holdWrite } from "../storage/write-retry.ts";
import { endSlabUse, abandonPiece, castPieceFailed } from "./piece-memory.ts";
import { banPeer } from "../swarm/peers.ts";
import type { TorrentContent } from "../torrent-content.ts";
import { hasContent, type JobWithContent, type TorrentJob } from "../torrent-job.ts";

/** The parts of the engine that hash and write sealed pieces. */
export type SealServices = Pick<
  Engine,
  "context" | "hashPool" | "memory" | "peerWorkers" | "torrents"
>;

const digestBytes = 20;
/** Descriptors exhausted; sockets will give some back. */
const fileLimitCodes: ReadonlySet<string> = new Set(["EMFILE", "ENFILE"]);
const fileLimitRules = { againMs: 1_000, patienceMs: 20_000 };

/** Hashes a sealed piece. No code writes to it until the engine answers. */
export function pieceSealed(
  engine: SealServices,
  job: JobWithContent,
  peerWorker: PeerWorkerHandle,
  sealed: PieceSealed,
): void {
  const slab = engine.memory.slabs.get(sealed.slab);
  const { ledger } = job.content;
  const lease = ledger.leaseOf(sealed.piece, sealed.lease);
  if (slab === undefined || lease?.worker !== peerWorker.index) {
    if (ledger.isUnleased(sealed.piece)) castPieceFailed(job, peerWorker, sealed.piece);
    return;
  }
  ledger.toHashing(sealed.piece);
  engine.memory.slabs.retain(slab);
  const { offset, lengthBytes } = sealed;
  void hashPiece(engine, job, sealed, {
    slab,
    task: { memory: slab.memory, offset, lengthBytes },
    origin: originOf(job, peerWorker, sealed),
    leasedAtMs: lease.grantedAtMs,
  });
}

interface SealedMemory {
  readonly slab: Slab;
  readonly task: HashTask;
  /** Looked up at the seal: rows may soon belong to other peers. */
  readonly origin: AttemptOrigin;
  readonly leasedAtMs: number;
}

async function hashPiece(
  engine: SealServices,
  job: JobWithContent,
  sealed: PieceSealed,
  hashing: SealedMemory,
): Promise<void> {
  const { piece } = sealed;
  const { slab, task } = hashing;
  try {
    const digest = await engine.hashPool.digest(task);
    if (!engine.torrents.has(job.id)) return endSlabUse(engine, slab);
    const isGood = isDigestOf(job.content.metainfo, piece, digest);
    if (isGood) creditContributors(job, hashing.origin);
    if (isGood && !job.content.failedAttempts.has(piece)) writePiece(engine, job, sealed, hashing);
    else await findLiars(engine, job, sealed, hashing);
  } catch (error) {
    const code = codeOf(error);
    if (code === "hash-failed") failAtHash(engine, job, piece, slab);
    // The engine is stopping.
    else if (code !== "hash-closed") failEngine(engine, job, error);
  }
}

/** Such peers are asked first for a piece that failed. */
function creditContributors(
  { content: { webSeeds }, peers }: JobWithContent,
  { contributors }: AttemptOrigin,
): void {
  for (const giver of contributors) {
    if (giver === undefined) continue;
    webSeeds.byPeerId(giver.peerId)?.dispatch({ event: "piece-passed" });
    const peer = peers.byPeerId(giver.peerId);
    if (peer === undefined) continue;
    if (peer === giver || contributorKey(peer) === contributorKey(giver)) peer.passedPieces++;
  }
}

function failAtHash(
  engine: SealServices,
  job: JobWithContent,
  piece: PieceIndex,
  slab: Slab,
): void {
  if (!engine.torrents.has(job.id)) return endSlabUse(engine, slab);
  abandonPiece(engine, job, piece, slab);
  job.life.fail(quarantineFault(job, `hash threads crashed twice at piece ${piece}`));
}

/**
 * After a failed attempt, block digests show whose blocks were wrong. The piece is hashed a second time, so that an
 * error of a thread bans no peer.
 */
async function findLiars(
  engine: SealServices,
  job: JobWithContent,
  sealed: PieceSealed,
  hashing: SealedMemory,
): Promise<void> {
  const { piece } = sealed;
  const { slab, task } = hashing;
  const { failedAttempts, metainfo } = job.content;
  const digests = await engine.hashPool.digestBlocks(task, blockLengthBytes);
  if (!engine.torrents.has(job.id)) return endSlabUse(engine, slab);
  const ofBlocks = digests.subarray(digestBytes);
  if (!isDigestOf(metainfo, piece, digests))
    return hashFailed(engine, job, sealed, hashing, ofBlocks);
  for (const liar of failedAttempts.recordPassed(piece, ofBlocks)) banPeer(engine, job, liar);
  writePiece(engine, job, sealed, hashing);
}

function isDigestOf({ pieceHashes }: Metainfo, piece: PieceIndex, digest: Uint8Array): boolean {
  const at = piece * digestBytes;
  for (let byte = 0; byte < digestBytes; byte++) {
    if (digest[byte] !== pieceHashes[at + byte]) return false;
  }
  return true;
}

function writePiece(
  engine: Pick<Engine, "context">,
  job: JobWithContent,
  sealed: PieceSealed,
  hashing: SealedMemory,
): void {
  const { piece, slab, offset, lengthBytes } = sealed;
  job.content.ledger.toWriting(piece);
  job.content.reports.set(piece, reportNow(engine, hashing));
  job.disk.pendingWrites.write({ torrent: job.id, piece, slab, offset, lengthBytes });
}

function reportNow(
  { context }: Pick<Engine, "context">,
  { leasedAtMs, origin }: SealedMemory,
): PieceReport {
  return reportOf(origin, context.clock.nowMs() - leasedAtMs);
}

function hashFailed(
  engine: Pick<Engine, "context" | "memory" | "peerWorkers">,
  job: JobWithContent,
  sealed: PieceSealed,
  hashing: SealedMemory,
  digests: Uint8Array,
): void {
  const { failedAttempts, traffic } = job.content;
  const { slab, origin } = hashing;
  traffic.failedHashBytes += sealed.lengthBytes;
  abandonPiece(engine, job, sealed.piece, slab);
  const hasGivers = origin.contributors.length > 0;
  if (!hasGivers && isPaddingAlone(job.content, sealed.piece)) {
    failForPadding(job, sealed.piece);
  }
  const report = reportNow(engine, hashing);
  job.outbox.emit({ event: "piece", index: sealed.piece, verified: false, ...report });
  const nowMs = engine.context.clock.nowMs();
  for (const liar of failedAttempts.recordFailed(sealed.piece, origin, digests, nowMs)) {
    banPeer(engine, job, liar);
  }
}

/** No peer could send such a piece otherwise: each attempt would fail. */
function failForPadding({ life }: JobWithContent, piece: PieceIndex): void {
  const message = `piece ${piece} is padding, which is zeros, but its hash is that of other bytes`;
  life.fail({ code: "padding-not-zero", message });
}

function isPaddingAlone({ ledger, padding }: TorrentContent, piece: PieceIndex): boolean {
  const { geometry } = ledger;
  const begin = piece * geometry.pieceLengthBytes;
  const end = begin + pieceLength(geometry, piece);
  return unpackPadding(padding).some(([runBegin, runEnd]) => runBegin <= begin && end <= runEnd);
}

/** The pieces are written, and so they are had. */
export function piecesWritten(
  engine: SealServices,
  disk: DiskHandle,
  { torrent, pieces }: MessageOf<FileProtocol, "pieces-written">,
): void {
  for (const piece of pieces) pieceWritten(engine, disk, torrent, piece);
}

function pieceWritten(
  engine: SealServices,
  disk: DiskHandle,
  torrent: TorrentId,
  piece: PieceIndex,
): void {
  const settled = settleWrite(engine, disk, torrent, piece);
  if (settled === undefined) return;
  const { job, slab } = settled;
  endSlabUse(engine, slab);
  job.storage.fileLimitSinceMs = undefined;
  job.storage.hasWritten = true;
  endTroubleBy(job, piece);
  markPieceHad(engine, job, piece);
  const { reports } = job.content;
  job.outbox.emit({ event: "piece", index: piece, verified: true, ...reports.get(piece) });
  reports.delete(piece);
  completeIfWhole(engine, job);
}

/** Retries the write where that may help, or fails the torrent. */
export function pieceNotWritten(
  engine: SealServices,
  disk: DiskHandle,
  { torrent, piece, ...refusal }: MessageOf<FileProtocol, "piece-not-written">,
): void {
  const { refused, message } = refusal;
  const settled = settleWrite(engine, disk, torrent, piece);
  if (settled === undefined) return;
  const { job, write, slab } = settled;
  if (fileLimitCodes.has(refused) && tryWaitForFiles(engine, job, message)) {
    engine.context.timers.after(fileLimitRules.againMs, () => writeAgain(engine, write));
    return;
  }
  if (refused === "file-changed" && tryRecheckFile(engine, job, write, refusal)) return;
  if (holdWrite(engine, job, write, refusal)) return;
  abandonPiece(engine, job, piece, slab);
  // A write from before a stop must not fail a restarted torrent, whose start checks the disk itself.
  if (job.isRunning) job.life.fail({ code: refused, message });
}

/** @returns Undefined, with the memory freed, when the torrent was removed or has left the device. */
function settleWrite(
  engine: SealServices,
  disk: DiskHandle,
  torrent: TorrentId,
  piece: PieceIndex,
): { readonly job: JobWithContent; readonly write: WritePiece; readonly slab: Slab } | undefined {
  const write = disk.pendingWrites.settle(torrent, piece);
  const slab = write && engine.memory.slabs.get(write.slab);
  if (write === undefined || slab === undefined) return undefined;
  const job = engine.torrents.get(torrent);
  if (hasContent(job) && job.disk === disk) return { job, write, slab };
  if (hasContent(job)) abandonPiece(engine, job, piece, slab);
  else endSlabUse(engine, slab);
  return undefined;
}

/** The file was changed from outside: its other pieces are checked before the retry. */
function tryRecheckFile(
  engine: SealServices,
  job: JobWithContent,
  write: WritePiece,
  refusal: StorageRefusal,
): boolean {
  if (!job.isRunning || refusal.file === undefined) return false;
  suspectFile(engine, job, refusal)
    .then(() => writeAgain(engine, write))
    .catch((error: unknown) => failEngine(engine, job, error));
  return true;
}

/** @returns Whether to retry: the descriptor shortage is recent. */
function tryWaitForFiles(engine: SealServices, job: TorrentJob, message: string): boolean {
  const nowMs = engine.context.clock.nowMs();
  if (!job.isRunning) return false;
  if (job.storage.fileLimitSinceMs === undefined) {
    job.storage.fileLimitSinceMs = nowMs;
    job.outbox.emit({ event: "warning", code: "files-short", message });
  }
  return nowMs - job.storage.fileLimitSinceMs < fileLimitRules.patienceMs;
}

function writeAgain(engine: SealServices, write: WritePiece): void {
  const job = engine.torrents.get(write.torrent);
  const slab = engine.memory.slabs.get(write.slab);
  if (job?.isRunning === true) job.disk.pendingWrites.write(write);
  else if (slab === undefined) return;
  else if (hasContent(job)) abandonPiece(engine, job, write.piece, slab);
  else endSlabUse(engine, slab);
}
