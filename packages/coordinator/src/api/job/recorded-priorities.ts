import { realpath } from "node:fs/promises";
import { abortable, folderOf } from "@troupe/api-base";
import { torrentKey } from "@troupe/protocol/identity";
import { SavedTorrents } from "./saved-torrents.ts";

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
 * The file priorities that the record of a job has: those of the last run, also of another program.
 *
 * @returns One for each file; undefined when all are 1, and without a record.
 * @throws TroupeError `option-out-of-range`; the reason of `signal` when it aborts.
 */
export async function recordedPriorities({
  infoHash,
  directory,
  stateDirectory,
  signal,
}: RecordedJob): Promise<readonly number[] | undefined> {
  const folder = folderOf("directory", directory);
  const saved = new SavedTorrents(folderOf("stateDirectory", stateDirectory));
  const key = torrentKey(infoHash);
  return await abortable(signal, async () => {
    const real = await realFolder(folder);
    for (const job of key === undefined ? [] : await saved.jobs(key)) {
      if (job.directory === folder || (await realFolder(job.directory)) === real)
        return job.priorities;
    }
    return undefined;
  });
}

async function realFolder(folder: string): Promise<string> {
  return await realpath(folder).catch(() => folder);
}
