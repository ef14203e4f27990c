// The life of a sealed piece: hash pool → file-worker → had → told to peers and to the user.
// `had`, `have` and the user's event come after the write has returned, never after the hash alone.

import type { FileProtocol, PieceSealed, StorageRefusal, WritePiece } from "@troupe/messages";
import { codeOf, type MessageOf } from "@troupe/actor-runtime";
import { blockLengthBytes, type PieceIndex } from "@troupe/protocol";
import { jobOf, type Engine } from "../../engine/base/engine-state.ts";
import { failEngine } from "../../engine/base/breadcrumb.ts";
import type { DiskHandle } from "../../engine/base/disk-handle.ts";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import type { Slab } from "../../engine/base/slabs.ts";
import { emit } from "../../engine/base/event-outbox.ts";
import { suspectFile } from "../checks/suspect-files.ts";
import { completeIfWhole, markPieceHad } from "./have-updates.ts";
import { quarantineFault } from "../lifecycle/faults.ts";
import { originOf } from "../smart-ban/contributors.ts";
import { contributorKey, type AttemptOrigin } from "../smart-ban/failed-attempts.ts";
import { endTroubleBy, holdWrite } from "../storage/write-retry.ts";
import { endSlabUse, abandonPiece, castPieceFailed } from "./piece-memory.ts";
import { banPeer } from "../swarm/peers.ts";
import type { TorrentJob } from "../torrent-job.ts";

const digestBytes = 20;
/** No file can be opened: sockets have taken the descriptors, and will give some back. */
const fileLimitCodes: ReadonlySet<string> = new Set(["EMFILE", "ENFILE"]);
/** How often a piece is offered to the disk again meanwhile, and for how long. */
const fileLimitRules = { againMs: 1_000, patienceMs: 20_000 };

/** A worker sealed a piece: nobody writes there until it is answered. */
export function pieceSealed(
  engine: Engine,
  job: TorrentJob,
  peerWorker: PeerWorkerHandle,
  sealed: PieceSealed,
): void {
  const slab = engine.memory.slabs.get(sealed.slab);
  const lease = job.ledger.leaseOf(sealed.piece, sealed.lease);
  if (slab === undefined || lease?.worker !== peerWorker.index) {
    if (job.ledger.isUnleased(sealed.piece)) castPieceFailed(job, peerWorker, sealed.piece);
    return;
  }
  job.ledger.toHashing(sealed.piece);
  engine.memory.slabs.retain(slab);
  void hashPiece(engine, job, sealed, { slab, origin: originOf(job, peerWorker, sealed) });
}

/** What is known of a piece that is being hashed, beyond the message. */
interface SealedMemory {
  readonly slab: Slab;
  /** Contributors of the blocks, looked up when the piece was sealed: rows may soon belong to other peers. */
  readonly origin: AttemptOrigin;
}

async function hashPiece(
  engine: Engine,
  job: TorrentJob,
  sealed: PieceSealed,
  hashing: SealedMemory,
): Promise<void> {
  const { offset, lengthBytes, piece } = sealed;
  const { slab } = hashing;
  try {
    const digest = await engine.hashPool.digest({ memory: slab.memory, offset, lengthBytes });
    if (jobOf(engine, job.id) === undefined) return endSlabUse(engine, slab);
    const isGood = isDigestOf(job, piece, digest);
    if (isGood) creditContributors(job, hashing.origin);
    if (isGood && !job.attempts.failed.has(piece)) writePiece(job, sealed);
    else await findLiars(engine, job, sealed, hashing);
  } catch (error) {
    const code = codeOf(error);
    if (code === "hash-failed") failAtHash(engine, job, piece, slab);
    // The pool is closed when the engine stops, with what still waits in it.
    else if (code !== "hash-closed") failEngine(engine, job, error);
  }
}

/** They deliver, and what they deliver is right at least in part: such peers are asked first when something failed. */
function creditContributors(job: TorrentJob, { contributors }: AttemptOrigin): void {
  for (const giver of contributors) {
    if (giver === undefined) continue;
    const peer = job.peers.byPeerId(giver.peerId);
    if (peer !== undefined && contributorKey(peer) === contributorKey(giver)) peer.passedPieces++;
  }
}

/** Threads died at this very piece: its torrent is quarantined. */
function failAtHash(engine: Engine, job: TorrentJob, piece: PieceIndex, slab: Slab): void {
  if (jobOf(engine, job.id) === undefined) return endSlabUse(engine, slab);
  abandonPiece(engine, job, piece, slab);
  job.life.fail(quarantineFault(job, `hash threads ended twice at piece ${piece}`));
}

/**
 * The digests of its blocks, when a copy has failed, this one or an earlier one. The piece is hashed again on the way: a
 * slip of a thread must not cost anybody his place.
 */
async function findLiars(
  engine: Engine,
  job: TorrentJob,
  sealed: PieceSealed,
  hashing: SealedMemory,
): Promise<void> {
  const { offset, lengthBytes, piece } = sealed;
  const { slab } = hashing;
  const task = { memory: slab.memory, offset, lengthBytes };
  const digests = await engine.hashPool.digestBlocks(task, blockLengthBytes);
  if (jobOf(engine, job.id) === undefined) return endSlabUse(engine, slab);
  const ofBlocks = digests.subarray(digestBytes);
  if (!isDigestOf(job, piece, digests)) return hashFailed(engine, job, sealed, hashing, ofBlocks);
  for (const liar of job.attempts.failed.recordPassed(piece, ofBlocks)) banPeer(engine, job, liar);
  writePiece(job, sealed);
}

function isDigestOf(job: TorrentJob, piece: PieceIndex, digest: Uint8Array): boolean {
  const { pieceHashes } = job.metainfo;
  const at = piece * digestBytes;
  for (let byte = 0; byte < digestBytes; byte++) {
    if (digest[byte] !== pieceHashes[at + byte]) return false;
  }
  return true;
}

function writePiece(job: TorrentJob, sealed: PieceSealed): void {
  const { piece, slab, offset, lengthBytes } = sealed;
  job.ledger.toWriting(piece);
  job.disk.pendingWrites.write({ torrent: job.id, piece, slab, offset, lengthBytes });
}

function hashFailed(
  engine: Pick<Engine, "context" | "memory" | "peerWorkers">,
  job: TorrentJob,
  sealed: PieceSealed,
  { slab, origin }: SealedMemory,
  digests: Uint8Array,
): void {
  job.traffic.failedHashBytes += sealed.lengthBytes;
  abandonPiece(engine, job, sealed.piece, slab);
  emit(engine, job, { event: "piece", index: sealed.piece, verified: false });
  const nowMs = engine.context.clock.nowMs();
  for (const liar of job.attempts.failed.recordFailed(sealed.piece, origin, digests, nowMs)) {
    banPeer(engine, job, liar);
  }
}

/** The file-worker has written it: from here on we have it. */
export function pieceWritten(
  engine: Engine,
  disk: DiskHandle,
  { torrent, piece }: MessageOf<FileProtocol, "piece-written">,
): void {
  const write = disk.pendingWrites.settle(torrent, piece);
  if (write === undefined) return;
  const slab = engine.memory.slabs.get(write.slab);
  const job = jobOf(engine, torrent);
  // Its folder is on another device by now: what was written to the old one is missing there.
  if (job !== undefined && job.disk !== disk && slab !== undefined) {
    return abandonPiece(engine, job, piece, slab);
  }
  if (slab !== undefined) endSlabUse(engine, slab);
  if (job === undefined) return;
  job.storage.fileLimitSinceMs = undefined;
  job.storage.hasWritten = true;
  endTroubleBy(job, piece);
  markPieceHad(engine, job, piece);
  emit(engine, job, { event: "piece", index: piece, verified: true });
  completeIfWhole(engine, job);
}

/** The disk refused: it is asked again when that may help; if not, the torrent ends in the error state. */
export function pieceNotWritten(
  engine: Engine,
  disk: DiskHandle,
  { torrent, piece, ...refusal }: MessageOf<FileProtocol, "piece-not-written">,
): void {
  const { refused, message } = refusal;
  const write = disk.pendingWrites.settle(torrent, piece);
  if (write === undefined) return;
  const slab = engine.memory.slabs.get(write.slab);
  const job = jobOf(engine, torrent);
  if (job !== undefined && job.disk !== disk && slab !== undefined) {
    return abandonPiece(engine, job, piece, slab);
  }
  if (job === undefined) {
    if (slab !== undefined) endSlabUse(engine, slab);
    return;
  }
  if (fileLimitCodes.has(refused) && tryWaitForFiles(engine, job, message)) {
    engine.context.timers.after(fileLimitRules.againMs, () => writeAgain(engine, write));
    return;
  }
  if (refused === "file-changed" && tryRecheckFile(engine, job, write, refusal)) return;
  if (holdWrite(engine, job, write, refusal)) return;
  if (slab !== undefined) abandonPiece(engine, job, piece, slab);
  // One that was hashed late, over a stop, says nothing of a torrent that starts again: its start looks at the disk.
  if (job.isRunning) job.life.fail({ code: refused, message });
}

/** Somebody has touched the file: what else is in it is looked at first, then the piece is written. */
function tryRecheckFile(
  engine: Engine,
  job: TorrentJob,
  write: WritePiece,
  refusal: StorageRefusal,
): boolean {
  if (!job.isRunning || refusal.file === undefined) return false;
  suspectFile(engine, job, refusal)
    .then(() => writeAgain(engine, write))
    .catch((error: unknown) => failEngine(engine, job, error));
  return true;
}

/** @returns Whether the disk may be asked again: pieces have been refused for want of descriptors for a while only. */
function tryWaitForFiles(
  engine: Pick<Engine, "context">,
  job: TorrentJob,
  message: string,
): boolean {
  const nowMs = engine.context.clock.nowMs();
  if (!job.isRunning) return false;
  if (job.storage.fileLimitSinceMs === undefined) {
    job.storage.fileLimitSinceMs = nowMs;
    emit(engine, job, { event: "warning", code: "files-short", message });
  }
  return nowMs - job.storage.fileLimitSinceMs < fileLimitRules.patienceMs;
}

function writeAgain(engine: Engine, write: WritePiece): void {
  const job = jobOf(engine, write.torrent);
  const slab = engine.memory.slabs.get(write.slab);
  if (job?.isRunning === true) job.disk.pendingWrites.write(write);
  else if (slab === undefined) return;
  else if (job === undefined) endSlabUse(engine, slab);
  else abandonPiece(engine, job, write.piece, slab);
}
