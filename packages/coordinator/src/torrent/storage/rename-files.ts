// Renames of the user. A running torrent gets its new names at once, a stopped torrent at its next start.

import type { FileRename } from "@troupe/control";
import type { ApiProtocol, CallRefusal, PlacedFile } from "@troupe/messages";
import type { MessageOf, ReplyOf } from "@troupe/actor-runtime";
import { callFileWorker } from "../../engine/base/file-calls.ts";
import { basePaths, refuseRenames } from "../../file-renames.ts";
import { hasContent, type JobWithContent, type TorrentJob } from "../torrent-job.ts";
import { nameLimitsOf, renamesOf } from "./file-names.ts";
import { changePlaces } from "./file-places.ts";
import { recordFactsOf, saveSettings } from "./record-updates.ts";

/** Time for a rename of 100,000 files on a slow disk. */
const renameDeadlineMs = 600_000;

/** @returns The renames of the torrent and a further rename, which only the disk can refuse then. */
export function planRename(
  _engine: unknown,
  job: TorrentJob,
  { from: meant, to }: MessageOf<ApiProtocol, "plan-rename">,
): ReplyOf<ApiProtocol, "plan-rename"> {
  if (!hasContent(job)) return filesUnknown(job);
  const { renames: before = [] } = job.request.settings;
  const bases = basePaths(job.content.metainfo.files);
  const from = pathOf(job, bases, meant);
  const renames = from === to ? before : [...before, { from, to }];
  return refuseRenames(bases, renames, nameLimitsOf(job.request)) ?? { renames };
}

function filesUnknown({ name }: TorrentJob): Required<CallRefusal> {
  const message = `cannot rename files of ${name}: they are not known yet; await its metadata first`;
  return { refused: "metadata-unknown", message };
}

/** Carries out the last of the renames. */
export async function renameFiles(
  _engine: unknown,
  job: TorrentJob,
  { renames }: MessageOf<ApiProtocol, "rename-files">,
): Promise<{} | CallRefusal> {
  if (!hasContent(job)) return filesUnknown(job);
  const { state } = job;
  // An engine that was started meanwhile has them by `add-torrent`, and its start carries them out.
  if (areEqual(job.request.settings.renames ?? [], renames)) return {};
  if (state === "starting" || state === "checking" || state === "stopping") {
    return {
      refused: "torrent-busy",
      message: `cannot rename files of ${job.name}: it is ${state}`,
    };
  }
  // The record of a job in a folder of its own takes the new paths only while it is open.
  if (!job.isRunning && job.request.home?.kind === "file") {
    return {
      refused: "not-running",
      message: `cannot rename files of ${job.name}: it is ${state}`,
    };
  }
  // Checks of a running torrent read its files by their paths.
  const refusal = await job.storage.paths.run(() => placeFiles(job, renames));
  if (refusal !== undefined) return refusal;
  await job.outbox.whenFlushed();
  return {};
}

function areEqual(some: readonly FileRename[], others: readonly FileRename[]): boolean {
  const isEqual = ({ from, to }: FileRename, at: number): boolean =>
    from === others[at]?.from && to === others[at].to;
  return some.length === others.length && some.every(isEqual);
}

/**
 * Gives the files their new paths. A restarted file-worker opens the files with them. They stay if the file-worker does not
 * answer, because it may have carried them out.
 */
async function placeFiles(
  job: JobWithContent,
  renames: MessageOf<ApiProtocol, "rename-files">["renames"],
): Promise<CallRefusal | undefined> {
  const { modules, settings: before } = job.request;
  if (modules?.store !== undefined) {
    const message = `cannot rename files of ${job.name}: the store ${modules.store} has them`;
    return { refused: "store-keeps-data", message };
  }
  const old = renamesOf(job);
  job.request = { ...job.request, settings: { ...before, renames } };
  const places = changedPlaces(job, old);
  if (!job.isRunning || places.length === 0) changePlaces(job, places);
  else {
    const { signal } = job.life;
    const message = { torrent: job.id, places, facts: recordFactsOf(job) };
    const rules = { deadlineMs: renameDeadlineMs, signal };
    const answer = await callFileWorker(job.disk, "rename-files", message, rules);
    if (answer !== undefined && "refused" in answer) {
      const { renames: earlier = [] } = before;
      job.request = { ...job.request, settings: { ...job.request.settings, renames: earlier } };
      saveSettings(job);
      return answer;
    }
    changePlaces(job, answer?.placed);
  }
  return undefined;
}

function changedPlaces(job: JobWithContent, old: ReturnType<typeof renamesOf>): PlacedFile[] {
  return [...renamesOf(job)].flatMap(([file, { path }]) =>
    old.get(file)?.path === path ? [] : [{ file, path }],
  );
}

/** The present path of a file, named by its index or by its path on the disk; otherwise the path of a folder. */
function pathOf(
  job: JobWithContent,
  bases: readonly (string | undefined)[],
  meant: number | string,
): string {
  const { placed } = job.storage;
  const file =
    typeof meant === "number" ? meant : [...placed].find(([, path]) => path === meant)?.[0];
  if (file === undefined) return String(meant);
  return renamesOf(job).get(file)?.path ?? bases[file] ?? "";
}
