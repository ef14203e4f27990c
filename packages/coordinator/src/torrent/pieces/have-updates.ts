// Pieces that are had, or no more, without a download: found good on the disk by a check, or found lost there.

import type { PieceIndex } from "@troupe/protocol";
import type { Engine } from "../../engine/base/engine-state.ts";
import { failEngine } from "../../engine/base/breadcrumb.ts";
import { needsPeers } from "../swarm/dial-schedule.ts";
import { saveLostPieces } from "../storage/record-updates.ts";
import { completeTorrent } from "../lifecycle/completion.ts";
import { isCompletionNews } from "../lifecycle/run.ts";
import type { TorrentJob } from "../torrent-job.ts";

/** A piece has been written, or was found good: workers and their peers are told. */
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

/** Tells the user once that all that is wanted is had, when it is. */
export function completeIfWhole(engine: Pick<Engine, "context">, job: TorrentJob): void {
  // Pieces that came though nobody wants them any more complete nothing, unless it is the whole torrent.
  const isNews = isCompletionNews(job.life.run, job.ledger.isSeed);
  if (!job.ledger.isComplete || !isNews) return;
  completeTorrent(engine, job).catch((error: unknown) => failEngine(engine, job, error));
}

/**
 * Pieces that were had are not on the disk as they should be: from here on nobody gets them, and they are fetched again.
 * Peers that were told of them cannot be told otherwise; those that have yet to be are not told.
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
