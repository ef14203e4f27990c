// A torrent is complete when all wanted pieces are had, its bytes have left the part file, and its empty files exist.

import { asFault } from "@troupe/actor-runtime";
import type { StorageCompleted, TorrentFault } from "@troupe/messages";
import type { Engine } from "../../engine/base/engine-state.ts";
import { callFileWorker } from "../../engine/base/file-calls.ts";
import { settleWanted } from "../checks/start-check.ts";
import { changePlaces } from "../storage/file-places.ts";
import { completeStorageMessage } from "../storage/working-folder.ts";
import type { JobWithContent } from "../torrent-job.ts";
import { failAtFolder } from "./faults.ts";
import { isTransferring } from "./run.ts";

const completeStorageDeadlineMs = 60_000;

/** Moves bytes of newly wanted files out of the part file, and sends the file-worker the unwanted files. */
export async function settleFiles(
  engine: Pick<Engine, "context">,
  job: JobWithContent,
): Promise<void> {
  const { life } = job;
  const { runs: run, signal } = life;
  life.dispatch({ event: "settle-begun", run });
  const fault = await settleWanted(job, signal).finally(() =>
    life.dispatch({ event: "settle-ended", run }),
  );
  if (fault !== undefined) return failAtFolder(job, fault);
  if (job.isRunning && job.isComplete) await completeTorrent(engine, job);
}

/**
 * Creates the wanted empty files, takes the suffixes off, then reports the completion: to the user, and to the trackers if
 * the whole torrent is had. A check at completion comes first.
 */
export async function completeTorrent(
  engine: Pick<Engine, "context">,
  job: JobWithContent,
): Promise<void> {
  const { life, content } = job;
  const { ledger } = content;
  const { runs: run } = life;
  // The end of the move out of the part file reports it.
  if (isTransferring(life.run) && life.run.settling > 0) return;
  const fault = await completeFiles(job);
  if (fault !== undefined) return failAtFolder(job, fault);
  if (!ledger.isComplete || waitsForEndCheck(job)) return;
  const nowMs = engine.context.clock.nowMs();
  life.dispatch({ event: "all-had", run, isSeed: ledger.isSeed, nowMs });
}

/** Whether a check at completion is due. The next tick begins it, and its end reports the completion. */
function waitsForEndCheck(job: JobWithContent): boolean {
  return job.setting("checkAtCompletion") && job.content.checks.endCheck.state !== "idle";
}

/** Closes a checked torrent that has no place in the queue. */
export async function queueTorrent(job: JobWithContent): Promise<void> {
  const { isComplete, life } = job;
  const { signal } = life;
  const fault = isComplete ? await completeFiles(job) : undefined;
  if (signal.aborted) return;
  if (fault !== undefined) return failAtFolder(job, fault);
  life.dispatch({ event: "queued", isComplete });
}

async function completeFiles(job: JobWithContent): Promise<TorrentFault | undefined> {
  // Seed-only torrents never write, so a missing empty file is not created.
  if (job.request.mode === "seed-only") return undefined;
  const rules = { deadlineMs: completeStorageDeadlineMs, signal: job.life.signal };
  try {
    const answer = await callFileWorker(
      job.disk,
      "complete-storage",
      completeStorageMessage(job),
      rules,
    );
    if (answer === undefined) return undefined;
    if ("refused" in answer) return { code: answer.refused, message: answer.message };
    changePlaces(job, answer.finished);
    warnOfFilesNotMade(job, answer.notMade);
    return undefined;
  } catch (error) {
    return asFault(error);
  }
}

function warnOfFilesNotMade(job: JobWithContent, notMade: StorageCompleted["notMade"]): void {
  if (notMade === undefined) return;
  const { count, message: first } = notMade;
  const files = count === 1 ? "1 empty file or link is" : `${count} empty files or links are`;
  const message = `${files} not there, and the torrent is seeded without: ${first}`;
  job.outbox.emit({ event: "warning", code: "files-not-made", message });
}
