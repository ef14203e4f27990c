// The jobs of a state folder that are brought back.

import { TroupeError } from "@troupe/control";
import type { ListedJob } from "@troupe/messages";

/** Chooses jobs of a list, and changes what is to become of them. Jobs that are left out stay as they are. */
export type JobChoice = (jobs: readonly ListedJob[]) => readonly ListedJob[];

/** All jobs, as they are. */
export const allJobs: JobChoice = (jobs) => jobs;

/** The jobs that have the mark of a service. */
export const servedJobs: JobChoice = (jobs) => jobs.filter(({ isServed }) => isServed);

/**
 * Jobs that get the mark of a service, stopped. Jobs whose removal has begun are left out.
 *
 * @param infoHashes Keys, or whole hashes of version 2, which begin with them. Default: the jobs without a mark.
 * @returns The choice. It throws TroupeError `no-torrent` for an info-hash that no job has.
 */
export function adoptedJobs(infoHashes: readonly string[] | undefined): JobChoice {
  return (jobs) => {
    const there = jobs.filter(({ isRemoved }) => isRemoved !== true);
    const named =
      infoHashes === undefined
        ? there.filter(({ isServed }) => isServed !== true)
        : there.filter(({ key }) => infoHashes.some((infoHash) => infoHash.startsWith(key)));
    const unknown = infoHashes?.find(
      (infoHash) => !named.some(({ key }) => infoHash.startsWith(key)),
    );
    if (unknown !== undefined)
      throw new TroupeError("no-torrent", `the state folder has no job of ${unknown}`);
    return named.map((job) => ({ ...job, isStarted: false, isServed: true }));
  };
}
