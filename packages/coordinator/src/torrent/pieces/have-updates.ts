// Pieces become had, or stop being had.

import type { PieceIndex } from "@troupe/protocol";
import type { Engine } from "../../engine/base/engine-state.ts";
import { failEngine } from "../../engine/base/breadcrumb.ts";
import { needsPeers } from "../swarm/dial-schedule.ts";
import { saveLostPieces } from "../storage/record-updates.ts";
import { completeTorrent } from "../lifecycle/completion.ts";
import { isCompletionNews } from "../lifecycle/run.ts";
import type { TorrentJob } from "../torrent-job.ts";

/** A piece was written, or a check found it good: peer-workers announce it. */
export function markPieceHad(
  engine: Pick<Engine, "context" | "peerWorkers">,
  job: TorrentJob,
  piece: PieceIndex,
): void {
  job.checks.suspects.delete(piece);
  job.ledger.toHad(piece);
  for (const peerWorker of engine.peerWorkers) {
    if (peerWorker.noteHad(job.id, piece)) engine.context.timers.soon(() => peerWorker.flushHad());
  }
}

/** Reports once that all wanted pieces are had. */
export function completeIfWhole(engine: Pick<Engine, "context">, job: TorrentJob): void {
  // An unwanted piece that arrives late completes nothing, unless it completes the whole torrent.
  const isNews = isCompletionNews(job.life.run, job.ledger.isSeed);
  if (!job.ledger.isComplete || !isNews) return;
  completeTorrent(engine, job).catch((error: unknown) => failEngine(engine, job, error));
}

/**
 * Had pieces are damaged on the disk: they are no longer served, and are downloaded again. A `have` cannot be taken
 * back; unsent ones are dropped.
 */
export function markPiecesLost(
  engine: Pick<Engine, "peerWorkers">,
  job: TorrentJob,
  pieces: readonly PieceIndex[],
): void {
  const lost = pieces.filter(
    (piece) => job.ledger.map.has(piece) || job.checks.suspects.has(piece),
  );
  if (lost.length === 0) return;
  for (const piece of lost) {
    job.ledger.toLost(piece);
    if (job.checks.suspects.delete(piece)) job.ledger.release(piece);
    job.picker.putBack(piece);
  }
  saveLostPieces(job, lost);
  if (!job.ledger.isComplete) job.life.dispatch({ event: "some-missing" });
  for (const peerWorker of engine.peerWorkers) {
    for (const piece of peerWorker.forgetHad(job.id, lost)) {
      peerWorker.cast("piece-failed", { torrent: job.id, piece });
    }
    peerWorker.cast("pieces-lost", { torrent: job.id, pieces: lost });
  }
  if (needsPeers(engine, job)) job.announcer?.announceForPeers();
}
