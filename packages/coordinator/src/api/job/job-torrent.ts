// `Torrent.create` and `Torrent.load`: a job that lives in one folder, with an engine of its own or in one that runs.

import type { AddOptions } from "../options/add-options.ts";
import { Coordinator } from "../coordinator.ts";
import { createJobFolder, discardJobFolder, loadJobFolder, type JobFolder } from "./job-folder.ts";
import type { JobOptions } from "../options/job-options.ts";
import {
  addOptionNames,
  coordinatorOptionNames,
  jobOptionNames,
  pickOptions,
  refuseUnknownOptions,
} from "../options/known-names.ts";
import { LockKeepers } from "../lock/lock-keepers.ts";
import { SessionState } from "./session-state.ts";
import type { Torrent } from "../torrent.ts";
import { workerUrls } from "../options/worker-urls.ts";

/** See `Torrent.create`. */
export async function createTorrent(
  folder: string,
  source: string | URL | Uint8Array,
  options: JobOptions,
): Promise<Torrent> {
  refuseUnknownOptions(options, jobOptionNames);
  const { signal, stateDirectory } = options;
  // A job in a folder of its own is not listed in the state folder: no real path is asked for.
  const state = new SessionState(stateDirectory, ({ directory }) => Promise.resolve(directory));
  const { metainfo } = await state.load(source, signal);
  return await run(await createJobFolder(folder, metainfo), options);
}

/** See `Torrent.load`. */
export async function loadTorrent(folder: string, options: JobOptions): Promise<Torrent> {
  refuseUnknownOptions(options, jobOptionNames);
  return await run(await loadJobFolder(folder), options);
}

/** A folder that was made for a job that cannot be added is taken back: the same call may be made again. */
async function run(job: JobFolder, options: JobOptions): Promise<Torrent> {
  try {
    return await add(job, options);
  } catch (error) {
    if (job.isNew) await discard(job, options);
    throw error;
  }
}

async function discard(job: JobFolder, options: JobOptions): Promise<void> {
  if (options.coordinator !== undefined) {
    return await discardJobFolder(job, options.coordinator.locks);
  }
  const keepers = new LockKeepers(1, workerUrls(options.workerUrls));
  await discardJobFolder(job, keepers);
  await keepers.close();
}

async function add(job: JobFolder, options: JobOptions): Promise<Torrent> {
  const { coordinator } = options;
  const choices: AddOptions = pickOptions(options, addOptionNames);
  if (coordinator !== undefined) return await coordinator.addFolder(job, choices);
  const own = await Coordinator.start(pickOptions(options, coordinatorOptionNames));
  try {
    const torrent = await own.addFolder(job, choices);
    torrent.owner = own;
    return torrent;
  } catch (error) {
    await own.close();
    throw error;
  }
}
