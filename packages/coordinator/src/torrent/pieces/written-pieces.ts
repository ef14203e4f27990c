// Answers of the file-worker: a written piece is had, a refused one is written again or missing.

import type { FileProtocol, StorageRefusal, TorrentId } from "@troupe/messages";
import type { MessageOf } from "@troupe/actor-runtime";
import type { PieceIndex } from "@troupe/protocol/units";
import { failEngine } from "../../engine/base/breadcrumb.ts";
import type { DiskHandle } from "../../engine/base/disk-handle.ts";
import type { Slab } from "../../engine/base/slabs.ts";
import type { VerifiedPiece } from "../../engine/base/verified-piece.ts";
import { noteArrival } from "../checks/end-check-state.ts";
import { suspectFile } from "../checks/suspect-files.ts";
import { completeIfWhole, markPieceHad } from "./have-updates.ts";
import { changePlaces } from "../storage/file-places.ts";
import { saveUnchecked } from "../storage/record-updates.ts";
import { endTroubleBy, holdWrite } from "../storage/write-retry.ts";
import { endSlabUse, abandonPiece, castPieceFailed } from "./piece-memory.ts";
import type { SealServices } from "./sealed-pieces.ts";
import { hasContent, type JobWithContent, type TorrentJob } from "../torrent-job.ts";

/** Descriptors exhausted; sockets will give some back. */
const fileLimitCodes: ReadonlySet<string> = new Set(["EMFILE", "ENFILE"]);
const fileLimitRules = { againMs: 1_000, patienceMs: 20_000 };

/** The pieces are written, and so they are had. */
export function piecesWritten(
  engine: SealServices,
  disk: DiskHandle,
  { torrent, pieces, finished }: MessageOf<FileProtocol, "pieces-written">,
): void {
  const job = engine.torrents.get(torrent);
  if (hasContent(job)) changePlaces(job, finished);
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
  const { job, slab, write } = settled;
  engine.metrics.pieces.written++;
  endSlabUse(engine, slab);
  job.storage.fileLimitSinceMs = undefined;
  job.storage.hasWritten = true;
  endTroubleBy(job, piece);
  markPieceHad(engine, job, piece);
  // A piece that must be proven again needs no memory: it is read from the disk.
  if (!job.content.ledger.map.has(piece))
    for (const peerWorker of engine.peerWorkers) castPieceFailed(job, peerWorker, piece);
  noteArrival(job.content.checks, piece);
  saveUnchecked(job);
  if (!job.storage.isDoubted) job.outbox.emitHad(write);
  const { contributors, tookMs } = write;
  const at = engine.context.clock.epochMs();
  engine.metrics.origins.add(job.id, { piece, verified: true, at, tookMs, contributors });
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
):
  | { readonly job: JobWithContent; readonly write: VerifiedPiece; readonly slab: Slab }
  | undefined {
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
  write: VerifiedPiece,
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

function writeAgain(engine: SealServices, write: VerifiedPiece): void {
  const job = engine.torrents.get(write.torrent);
  const slab = engine.memory.slabs.get(write.slab);
  if (job?.isRunning === true) job.disk.pendingWrites.write(write);
  else if (slab === undefined) return;
  else if (hasContent(job)) abandonPiece(engine, job, write.piece, slab);
  else endSlabUse(engine, slab);
}
