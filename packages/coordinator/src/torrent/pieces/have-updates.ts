// Pieces become had, or stop being had.

import type { PieceIndex } from "@troupe/protocol/units";
import type { Engine } from "../../engine/base/engine-state.ts";
import { failEngine } from "../../engine/base/breadcrumb.ts";
import { reproveIfNeeded } from "../checks/suspect-pieces.ts";
import { announceIfNeeded } from "../swarm/dial-schedule.ts";
import { wrongLinkedFile } from "../storage/linked-files.ts";
import { saveLostPieces } from "../storage/record-updates.ts";
import { completeTorrent } from "../lifecycle/completion.ts";
import { isCompletionNews } from "../lifecycle/run.ts";
import type { JobWithContent } from "../torrent-job.ts";

/** The piece is written, or a check found it good: peer-workers announce it. */
export function markPieceHad(
  engine: Pick<Engine, "context" | "peerWorkers">,
  job: JobWithContent,
  piece: PieceIndex,
): void {
  if (reproveIfNeeded(job, piece)) return;
  job.content.checks.suspects.delete(piece);
  job.content.ledger.toHad(piece);
  job.readers.wakeFor(piece, job.content.ledger.geometry);
  for (const peerWorker of engine.peerWorkers) {
    if (peerWorker.noteHad(job.id, piece)) engine.context.timers.soon(() => peerWorker.flushHad());
  }
}

/** Reports once that all wanted pieces are had. */
export function completeIfWhole(engine: Pick<Engine, "context">, job: JobWithContent): void {
  // A late unwanted piece completes nothing but the whole torrent.
  const isNews = isCompletionNews(job.life.run, job.content.ledger.isSeed);
  if (!job.isComplete || !isNews) return;
  completeTorrent(engine, job).catch((error: unknown) => failEngine(engine, job, error));
}

/**
 * Had pieces are damaged on the disk: they are not served, and are downloaded again. Peer-workers take the pieces back by
 * `lt_donthave` (BEP 54).
 */
export function markPiecesLost(
  engine: Pick<Engine, "peerWorkers">,
  job: JobWithContent,
  pieces: readonly PieceIndex[],
): void {
  const { checks, ledger, picker } = job.content;
  const lost = pieces.filter((piece) => ledger.map.has(piece) || checks.suspects.has(piece));
  if (lost.length === 0) return;
  const wasComplete = ledger.isComplete;
  for (const piece of lost) {
    ledger.toLost(piece);
    if (checks.suspects.delete(piece)) ledger.release(piece);
    picker.putBack(piece);
  }
  saveLostPieces(job, lost);
  if (!ledger.isComplete) job.life.dispatch({ event: "some-missing" });
  for (const peerWorker of engine.peerWorkers) {
    for (const piece of peerWorker.forgetHad(job.id, lost)) {
      peerWorker.calls.cast("piece-failed", { torrent: job.id, piece });
    }
    peerWorker.calls.cast("pieces-lost", { torrent: job.id, pieces: lost });
  }
  announceIfNeeded(engine, job, wasComplete);
  const wrong = wrongLinkedFile(job);
  if (wrong !== undefined) job.life.fail(wrong);
}
