import type { TorrentKey } from "@troupe/protocol/identity";
import { jobLock } from "../lock/job-lock.ts";
import type { LockKeepers } from "../lock/lock-keepers.ts";
import type { TorrentProxy } from "../torrent-proxy.ts";

/** Brings a job of the state folder back. */
type AddJob = () => Promise<TorrentProxy>;

/** The way in which a job is brought back: `add` is called once, or not at all. */
export type JobAdding = (
  job: { readonly key: TorrentKey; readonly directory: string },
  locks: LockKeepers,
  add: AddJob,
) => Promise<TorrentProxy>;

/** The way of a restore. */
export const restoreJob: JobAdding = async (_job, _locks, add) => await add();

/**
 * Brings a job back, stopped, and saves the mark of a service. The lock is held meanwhile, because another program that runs
 * the job would save it without the mark.
 *
 * @throws TroupeError `already-running`, `disk-not-answering`, or as `add` does.
 */
export const adoptJob: JobAdding = async ({ key, directory }, locks, add) => {
  const lock = jobLock({ key, directory, makesFolder: false }, locks);
  await lock.take();
  try {
    const torrent = await add();
    await torrent.services.saveNames();
    return torrent;
  } finally {
    await lock.release();
  }
};
