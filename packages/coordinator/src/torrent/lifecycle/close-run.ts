import { settlesWithin } from "@troupe/actor-runtime";
import type { Engine } from "../../engine/base/engine-state.ts";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import { noteMovedPayload, recordFactsOf, updateKnownPeers } from "../storage/record-updates.ts";
import { seedingEnded } from "../goals/seeding-time.ts";
import { leaveDht } from "../dht-peers.ts";
import { endLocalAnnounces } from "../local-announces.ts";
import type { TorrentContent } from "../torrent-content.ts";
import { hasContent, type JobWithContent, type TorrentJob } from "../torrent-job.ts";
import { releaseFailedPieces } from "../hashes/blame-blocks.ts";
import { giveUpHeld } from "../storage/write-retry.ts";
import type { LifecycleEffect } from "./events.ts";

/** Time limit for closing a run. Announces have their own limit of 1.5 s, in parallel. */
const closeWithinMs = 1_900;
const closeTorrentDeadlineMs = 1_000;
/** The trackers get the figures of closed connections, unless a worker takes longer to close them. */
const countedWithinMs = 200;
/** The part kept for pending writes before the sync, and for the record after it. */
const answerMs = 600;

type Close = Extract<LifecycleEffect, { readonly effect: "close" }>;

/** Closes peer-workers, which first have their sealed pieces written, then files. Announces meanwhile. */
export async function closeRun(
  engine: Pick<Engine, "context" | "memory" | "metrics" | "network" | "peerWorkers">,
  job: TorrentJob,
  effect: Close,
): Promise<void> {
  const { clock, timers } = engine.context;
  job.life.endRun();
  job.parts.close();
  endLocalAnnounces(engine, job);
  leaveDht(engine, job);
  updateKnownPeers(job);
  job.seedingTime = seedingEnded(job.seedingTime);
  if (hasContent(job)) giveUpHeld(engine, job, effect.held);
  const untilMs = clock.nowMs() + closeWithinMs;
  const closed = Promise.all(
    engine.peerWorkers.map((peerWorker) => closeAtWorker(job, peerWorker)),
  );
  const announced = job.announcer?.stop(settlesWithin(timers, countedWithinMs, closed));
  await closed;
  engine.memory.oversizedPieceQueue.forgetTorrent(job.id);
  if (hasContent(job)) {
    noteMovedPayload(job, clock.epochMs());
    releaseLeases(engine, job.content);
    releaseFailedPieces(engine, job);
    // A torrent of the metadata alone has pieces for its hash layers, and no files.
    if (job.request.mode !== "metadata-only")
      await closeFiles(job, effect, untilMs - clock.nowMs());
  }
  await announced;
}

function releaseLeases(
  { memory: { oversizedPieces, slabs } }: Pick<Engine, "memory">,
  { ledger }: TorrentContent,
): void {
  for (const { piece, lease } of [...ledger.leases()]) {
    ledger.release(piece);
    oversizedPieces.release(slabs, lease);
  }
}

/** The file-worker finishes later what a slow disk has not done in time. */
async function closeFiles(
  job: JobWithContent,
  { isChecked, isOrderly }: Close,
  deadlineMs: number,
): Promise<void> {
  // Before the check is over, the record on the disk is better than the engine's.
  const isKept = isChecked && job.request.mode !== "check-only";
  const closing = {
    torrent: job.id,
    syncWithinMs: Math.max(0, deadlineMs - answerMs),
    ...(isKept && { job: { facts: recordFactsOf(job), isOrderly } }),
  };
  try {
    await job.disk.calls.call("close-storage", closing, { deadlineMs });
  } catch {
    // The record still says "open for writing", so the next start hashes what is not durable.
  }
}

/** A crash closes the torrent too: a restarted worker gets only running torrents. */
async function closeAtWorker(job: TorrentJob, peerWorker: PeerWorkerHandle): Promise<void> {
  if (peerWorker.ref.peer === undefined) return;
  await peerWorker.calls
    .call("close-torrent", { torrent: job.id }, { deadlineMs: closeTorrentDeadlineMs })
    .catch(() => undefined);
}
