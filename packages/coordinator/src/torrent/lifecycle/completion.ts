// A torrent is complete when everything wanted is had, its bytes have moved out of the part file, and its empty files exist.

import { asFault } from "@troupe/actor-runtime";
import type { TorrentFault } from "@troupe/messages";
import type { Engine } from "../../engine/base/engine-state.ts";
import { callFileWorker } from "../../engine/base/file-calls.ts";
import { settleWanted } from "../checks/start-check.ts";
import type { TorrentJob } from "../torrent-job.ts";
import { failAtFolder } from "./faults.ts";
import { isTransferring } from "./run.ts";

const completeStorageDeadlineMs = 60_000;

/**
 * What the part file has of files that are wanted now moves into them, and new files that are not do not appear. Those
 * without bytes that are wanted now are made when nothing is missing.
 */
export async function settleFiles(engine: Engine, job: TorrentJob): Promise<void> {
  const { life } = job;
  const { runs: run, signal } = life;
  life.dispatch({ event: "settle-begun", run });
  const fault = await settleWanted(job, signal).finally(() =>
    life.dispatch({ event: "settle-ended", run }),
  );
  if (fault !== undefined) return failAtFolder(job, fault);
  if (job.isRunning && job.ledger.isComplete) await completeTorrent(engine, job);
}

/**
 * Everything wanted is had: files of zero length are made and the user is told, once. The tracker is told only when
 * that is the whole torrent.
 */
export async function completeTorrent(engine: Engine, job: TorrentJob): Promise<void> {
  const { life, ledger } = job;
  const { runs: run } = life;
  // Bytes of it lie in the part file still: it is complete when they have moved.
  if (isTransferring(life.run) && life.run.settling > 0) return;
  const fault = await makeEmptyFiles(job);
  if (fault !== undefined) return failAtFolder(job, fault);
  if (!ledger.isComplete) return;
  const nowMs = engine.context.clock.nowMs();
  life.dispatch({ event: "all-had", run, isSeed: ledger.isSeed, nowMs });
}

async function makeEmptyFiles(job: TorrentJob): Promise<TorrentFault | undefined> {
  // Who only seeds writes nothing: an empty file that is missing is nobody's loss.
  if (job.request.mode === "seed-only") return undefined;
  const rules = { deadlineMs: completeStorageDeadlineMs, signal: job.life.signal };
  try {
    const answer = await callFileWorker(job.disk, "complete-storage", { torrent: job.id }, rules);
    if (answer === undefined || !("refused" in answer)) return undefined;
    return { code: answer.refused, message: answer.message };
  } catch (error) {
    return asFault(error);
  }
}
