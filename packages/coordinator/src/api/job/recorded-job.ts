import { realpath } from "node:fs/promises";
import { abortable, folderOf } from "@troupe/api-base";
import type { ListedJob } from "@troupe/messages";
import { torrentKey, type TorrentKey } from "@troupe/protocol/identity";
import { fileNamesOf, type FileNameSettings } from "./file-name-settings.ts";
import { SavedTorrents, type RealFolder } from "./saved-torrents.ts";

/** A job on record. */
export interface RecordedJob {
  /** 40 hex digits. */
  readonly infoHash: string;
  /** The data folder. */
  readonly directory: string;
  readonly stateDirectory: string;
  readonly signal?: AbortSignal;
}

/**
 * The file priorities in the record of a job: those of the last run, also of a run by another program.
 *
 * @returns One for each file; undefined when all are 1, and without a record.
 * @throws TroupeError `option-out-of-range`; the reason of `signal` when it aborts.
 */
export async function recordedPriorities(job: RecordedJob): Promise<readonly number[] | undefined> {
  return (await readJob(job))?.priorities;
}

/**
 * The settings that name the files of a job on record.
 *
 * @returns Undefined without a record.
 * @throws TroupeError `option-out-of-range`; the reason of `signal` when it aborts.
 */
export async function recordedFileNames(job: RecordedJob): Promise<FileNameSettings | undefined> {
  const found = await readJob(job);
  return found && fileNamesOf(found.settings);
}

async function readJob({
  infoHash,
  directory,
  stateDirectory,
  signal,
}: RecordedJob): Promise<ListedJob | undefined> {
  const folder = folderOf("directory", directory);
  const saved = new SavedTorrents(folderOf("stateDirectory", stateDirectory));
  const key = torrentKey(infoHash);
  if (key === undefined) return undefined;
  return await abortable(signal, () => findJob(saved, key, folder, realFolder));
}

/** @returns The listed job of a torrent and a folder, also if another path leads to the folder. */
export async function findJob(
  saved: Pick<SavedTorrents, "jobs">,
  key: TorrentKey,
  folder: string,
  realFolderOf: RealFolder,
): Promise<ListedJob | undefined> {
  const jobs = await saved.jobs(key);
  const named = jobs.find((job) => job.directory === folder);
  if (named !== undefined || jobs.length === 0) return named;
  const real = await realFolderOf({ key, directory: folder });
  for (const job of jobs) if ((await realFolderOf(job)) === real) return job;
  return undefined;
}

async function realFolder({ directory }: { readonly directory: string }): Promise<string> {
  return await realpath(directory).catch(() => directory);
}
