// Looks at the folder of a torrent in `waiting-for-folder` every 5 s. A folder is refused at the start of a run, or
// when files are synced or completed.

import { pause } from "@troupe/actor-runtime";
import type { StorageRefusal } from "@troupe/messages";
import type { DiskServices } from "../../engine/base/disk-handles.ts";
import { callFileWorker } from "../../engine/base/file-calls.ts";
import { openStorageMessage } from "../checks/start-check.ts";
import { findDisk } from "./torrent-disk.ts";
import { completeStorageMessage } from "./working-folder.ts";
import type { JobWithContent } from "../torrent-job.ts";

/** Milliseconds between two looks. */
export const lookAfterMs = 5_000;
/** Enough to look at a hundred thousand files, or to allocate them. */
const lookDeadlineMs = 600_000;

/** Watches the folder until it is usable, and reports that. */
export async function watchFolder(engine: DiskServices, job: JobWithContent): Promise<void> {
  const { life } = job;
  life.folderWatch = new AbortController();
  const { signal } = life.folderWatch;
  for (;;) {
    await pause(engine.context.timers, lookAfterMs);
    if (signal.aborted) return;
    const isBack = await isUsable(engine, job, signal).catch(() => false);
    if (signal.aborted) return;
    if (isBack) return life.dispatch({ event: "folder-usable" });
  }
}

async function isUsable(
  engine: DiskServices,
  job: JobWithContent,
  signal: AbortSignal,
): Promise<boolean> {
  const rules = { deadlineMs: lookDeadlineMs, signal };
  const torrent = job.id;
  const { mode } = job.request;
  if ((await findDisk(engine, job, signal)) !== undefined || signal.aborted) return false;
  // More check threads would hang in a call of this disk.
  if ((job.disk.openedCheckPool?.abandoned ?? 0) > 0) return false;
  const opened = await callFileWorker(job.disk, "open-storage", openStorageMessage(job), rules);
  if (!isAccepted(opened)) return false;
  if (mode === "download" && opened.partFile !== undefined) {
    const settling = { torrent, unwanted: job.content.files.unwanted() };
    if (!isAccepted(await callFileWorker(job.disk, "settle-part-file", settling, rules)))
      return false;
  }
  const isReady = mode !== "download" || (await isWritable(job, rules));
  // A start or a stop meanwhile opens or closes it itself.
  if (signal.aborted) return false;
  await callFileWorker(job.disk, "close-storage", { torrent, syncWithinMs: 0 }, rules);
  return isReady;
}

/** A whole torrent lacks at most empty files, and a start would fail at them again. */
async function isWritable(
  job: JobWithContent,
  rules: { readonly deadlineMs: number; readonly signal: AbortSignal },
): Promise<boolean> {
  const { disk, id: torrent, request } = job;
  const { allocation = "sparse" } = request;
  const preparing = { torrent, allocation };
  if (!isAccepted(await callFileWorker(disk, "prepare-storage", preparing, rules))) return false;
  return (
    !job.isComplete ||
    isAccepted(await callFileWorker(disk, "complete-storage", completeStorageMessage(job), rules))
  );
}

function isAccepted<Answer extends object>(
  answer: Answer | StorageRefusal | undefined,
): answer is Answer {
  return answer !== undefined && !("refused" in answer);
}
