// The end of a run, whatever trackers and disks do: within about two seconds.

import type { Engine } from "../../engine/base/engine-state.ts";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import { recordFactsOf, updateKnownPeers } from "../storage/record-updates.ts";
import type { TorrentJob } from "../torrent-job.ts";
import { giveUpHeld } from "../storage/write-retry.ts";
import type { LifecycleEffect } from "./events.ts";

/** All of a stop, but for moments; announces have their own 1.5 s beside it. */
const closeWithinMs = 1_900;
const closeTorrentDeadlineMs = 1_000;
/** Of the time for closing files: for writing what waits before, and the record and the answer after syncing them. */
const answerMs = 600;

type Close = Extract<LifecycleEffect, { readonly effect: "close" }>;

/** Trackers, and beside them first the workers, which have what is sealed written, then the files. */
export async function closeRun(engine: Engine, job: TorrentJob, effect: Close): Promise<void> {
  const { clock } = engine.context;
  job.life.endRun();
  updateKnownPeers(job);
  giveUpHeld(engine, job, effect.held);
  const untilMs = clock.nowMs() + closeWithinMs;
  const announced = job.announcer?.stop();
  await Promise.all(engine.peerWorkers.map((peerWorker) => closeAtWorker(job, peerWorker)));
  engine.memory.oversizedPieceQueue.forgetTorrent(job.id);
  for (const { piece, lease } of [...job.ledger.leases()]) {
    job.ledger.release(piece);
    engine.memory.oversizedPieces.release(engine.memory.slabs, lease);
  }
  await closeFiles(job, effect, untilMs - clock.nowMs());
  await announced;
}

/** A disk that is slower goes on behind: a file-worker that is asked to end writes everything first. */
async function closeFiles(
  job: TorrentJob,
  { isChecked, isOrderly }: Close,
  deadlineMs: number,
): Promise<void> {
  // Of one that was stopped while it was checked the record on the disk says more than we know.
  const isKept = isChecked && job.request.mode !== "check-only";
  const closing = {
    torrent: job.id,
    syncWithinMs: Math.max(0, deadlineMs - answerMs),
    ...(isKept && { job: { facts: recordFactsOf(job), isOrderly } }),
  };
  try {
    await job.disk.calls.call("close-storage", closing, { deadlineMs });
  } catch {
    // Gone or late: the record says that it was being written to, and the next start hashes what is not durable.
  }
}

/** A worker that dies while it is asked to close has closed: its restart does not bring a stopped torrent back. */
async function closeAtWorker(job: TorrentJob, peerWorker: PeerWorkerHandle): Promise<void> {
  if (peerWorker.ref.peer === undefined) return;
  await peerWorker
    .call("close-torrent", { torrent: job.id }, { deadlineMs: closeTorrentDeadlineMs })
    .catch(() => undefined);
}
