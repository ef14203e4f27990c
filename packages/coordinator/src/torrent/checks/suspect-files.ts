// Files that were cut, replaced or removed during a run, and failed reads: their pieces are not served until they pass
// a check.

import type { FileProtocol, StorageRefusal } from "@troupe/messages";
import type { MessageOf } from "@troupe/actor-runtime";
import { pieceAt, rangesOf } from "@troupe/protocol/metainfo";
import type { PieceIndex } from "@troupe/protocol/units";
import { callFileWorker } from "../../engine/base/file-calls.ts";
import { failEngine } from "../../engine/base/breadcrumb.ts";
import { checkRanges, verdictEmitter, type CheckServices } from "./recheck.ts";
import { saveLostPieces } from "../storage/record-updates.ts";
import { failAtCheck } from "../lifecycle/faults.ts";
import type { JobWithContent } from "../torrent-job.ts";

const lookDeadlineMs = 60_000;

/** The file-worker could not read for a peer's request. */
export function readFailed(
  engine: CheckServices,
  job: JobWithContent,
  { position, lengthBytes, ...refusal }: MessageOf<FileProtocol, "read-failed">,
): void {
  if (!job.isRunning) return;
  if (job.storage.store !== undefined)
    return job.life.fail({ code: refusal.refused, message: refusal.message });
  const { geometry } = job.content.ledger;
  const first = pieceAt(geometry, position);
  const last = pieceAt(geometry, position + lengthBytes - 1);
  // An I/O error concerns the place that was read, not the whole file.
  const range = refusal.refused === "EIO" ? ([first, last] as const) : undefined;
  suspectFile(engine, job, refusal, range).catch((error: unknown) =>
    failEngine(engine, job, error),
  );
}

/** Checks the pieces of a changed file before any is served, or a piece is written beside them. */
export async function suspectFile(
  engine: CheckServices,
  job: JobWithContent,
  { file, refused, message }: StorageRefusal,
  range = file === undefined ? undefined : job.content.files.piecesOf(file),
): Promise<void> {
  if (range === undefined || file === undefined) return;
  const { checks, ledger } = job.content;
  const suspects: PieceIndex[] = [];
  for (let piece = range[0] as PieceIndex; piece <= range[1]; piece++) {
    if (!ledger.toSuspect(piece)) continue;
    suspects.push(piece);
    checks.suspects.add(piece);
  }
  // If the engine ends during the check, the next start must not trust them either.
  if (suspects.length > 0) saveLostPieces(job, suspects);
  if (suspects.length > 0) job.outbox.emit({ event: "warning", code: refused, message });
  const { signal } = job.life;
  try {
    const rules = { deadlineMs: lookDeadlineMs, signal };
    await callFileWorker(job.disk, "accept-file", { torrent: job.id, file }, rules);
    if (signal.aborted) return;
    const verdict = verdictEmitter(job);
    await checkRanges(engine, job, rangesOf(suspects), { signal, verdict });
  } catch (error) {
    if (!signal.aborted) failAtCheck(job, error);
  } finally {
    for (const piece of suspects) if (checks.suspects.delete(piece)) ledger.release(piece);
  }
}
