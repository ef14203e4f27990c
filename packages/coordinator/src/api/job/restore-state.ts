import type { ReplyOf, Timers } from "@troupe/actor-runtime";
import type { AddTorrent, ApiProtocol, EngineOptions } from "@troupe/messages";
import type { LockKeepers } from "../lock/lock-keepers.ts";
import { addRequest } from "../options/add-options.ts";
import type { AddOptions } from "../options/generated/torrent-options.ts";
import type { TorrentProxy } from "../torrent-proxy.ts";
import type { JobAdding } from "./adopt-job.ts";
import type { JobChoice } from "./job-choice.ts";
import type { LoadedSource } from "./load-metainfo.ts";
import { restoreJobs, type HeldOptions } from "./restored-jobs.ts";
import type { SessionState } from "./session-state.ts";

/** An engine that gets the jobs of its state folder back. */
export interface RestoredEngine {
  readonly state: SessionState;
  readonly locks: LockKeepers;
  readonly timers: Pick<Timers, "after">;
  /** The settings of this moment. */
  readonly optionsNow: () => EngineOptions;
  readonly listJobs: (database: string) => Promise<ReplyOf<ApiProtocol, "list-jobs">>;
  readonly add: (
    request: AddTorrent,
    options: AddOptions & HeldOptions,
    source: LoadedSource,
  ) => Promise<TorrentProxy>;
}

/** Brings jobs of a state folder back. @throws TroupeError as `choose` does. */
export async function restoreState(
  { state, locks, timers, optionsNow, listJobs, add }: RestoredEngine,
  choose: JobChoice,
  adding: JobAdding,
): ReturnType<typeof restoreJobs> {
  const { home } = state;
  if (home === undefined) {
    choose([]);
    return { torrents: [], failed: [] };
  }
  const addJob: Parameters<typeof restoreJobs>[3] = async (source, chosen, job) => {
    const request = addRequest(source, chosen, optionsNow(), home, job.settings);
    const options = { ...chosen, ...job.held };
    const { key } = job.recorded;
    const torrent = await adding({ key, directory: chosen.directory }, locks, () =>
      add({ ...request, ...job.recorded }, options, source),
    );
    if (job.isLinkKept) torrent.services.torrentSaved();
    return torrent;
  };
  return await restoreJobs(state, await listJobs(home.path), choose, addJob, timers);
}
