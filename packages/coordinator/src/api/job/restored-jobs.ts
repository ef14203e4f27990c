// Brings back the jobs of a state folder.

import { settlesWithin, type ReplyOf, type Timers } from "@troupe/actor-runtime";
import type { AddTorrent, ApiProtocol, ListedJob } from "@troupe/messages";
import type { AddOptions } from "../options/generated/torrent-options.ts";
import { isKept } from "../../kept-torrents.ts";
import { inQueueOrder } from "../queue/queue-ranks.ts";
import type { OnRecord } from "../recorded-figures.ts";
import type { TorrentProxy } from "../torrent-proxy.ts";
import type { JobChoice } from "./job-choice.ts";
import type { LoadedSource } from "./load-metainfo.ts";
import type { SessionState } from "./session-state.ts";

/** Jobs that are added at once. */
const jobsAtOnce = 64;
/** For removals that were cut off: a disk that hangs must not delay the other torrents. */
const removalMs = 1_000;

/** A listed job that could not be brought back. */
export interface UnrestoredJob {
  readonly infoHash: string;
  readonly directory: string;
  /** Its code is the reason: `torrent-copy-lost`, `already-running`, `torrent-exists` … */
  readonly error: Error;
}

/** @internal The result of a restore. */
interface RestoredProxies {
  readonly torrents: readonly TorrentProxy[];
  readonly failed: readonly UnrestoredJob[];
}

/** @internal Facts of an added torrent besides its options. */
export interface HeldOptions {
  /** The torrent starts by `resume`. */
  readonly isHeld?: boolean;
  readonly mayBeMoving?: boolean;
  /** Figures and pieces on record. */
  readonly onRecord?: OnRecord;
}

/** @internal Parts of a listed job for its engine. */
interface RestoredJob {
  readonly settings: ListedJob["settings"];
  readonly recorded: Pick<AddTorrent, "dates" | "hasRunBefore" | "isFromStranger" | "isServed"> &
    Pick<ListedJob, "key">;
  readonly held: Required<HeldOptions>;
  /** Its .torrent is saved, and the magnet link is still next to it. */
  readonly isLinkKept: boolean;
}

/** Whether a move may have been cut off in an earlier run. */
export function isMovable({ home, mode }: AddTorrent): boolean {
  return home?.kind === "database" && isKept(mode);
}

/**
 * Adds the jobs that are chosen, and starts those that ran in a later turn than the answer. A job of an earlier release is
 * listed with the time of this restore as that of its adding.
 *
 * Removals that were cut off are finished; those that take longer than a second go on beside the restored torrents.
 *
 * @param list The jobs of the database. If it is refused, the plain copies are the list.
 * @param add Adds a torrent that starts with its `resume`.
 * @internal
 */
export async function restoreJobs(
  state: SessionState,
  list: ReplyOf<ApiProtocol, "list-jobs">,
  choose: JobChoice,
  add: (
    source: LoadedSource,
    options: AddOptions & Pick<ListedJob, "directory">,
    job: RestoredJob,
  ) => Promise<TorrentProxy>,
  timers: Pick<Timers, "after">,
): Promise<RestoredProxies> {
  const { jobs: recorded, moves } = "refused" in list ? { jobs: [], moves: [] } : list;
  const moving = new Set(moves.map(({ key }) => key));
  const jobs = choose(await state.jobs(recorded, moves));
  const torrents: TorrentProxy[] = [];
  const failed: UnrestoredJob[] = [];
  const removals: Promise<void>[] = [];
  const undated: TorrentProxy[] = [];
  const waiting = jobs[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (const job of waiting) {
      const { key, directory, priorities, settings, isStarted, isRemoved } = job;
      const { dates, isServed } = job;
      const chosen = { directory, start: isStarted, ...(priorities && { priorities }) };
      const fails = (error: unknown): void =>
        void failed.push({ infoHash: key, directory, error: error as Error });
      try {
        const source = await state.source(job);
        const hasRunBefore = source.kind === "metainfo";
        const { isFromStranger } = source;
        const torrent = await add(source, chosen, {
          // The program may have ended between the copy and the record.
          settings: isFromStranger ? { useLocalHosts: false, ...settings } : settings,
          recorded: {
            ...{ key, hasRunBefore },
            ...(isFromStranger && { isFromStranger }),
            ...(dates && { dates }),
            ...(isServed && { isServed }),
          },
          held: { isHeld: true, mayBeMoving: moving.has(key), onRecord: job },
          isLinkKept: hasRunBefore && source.link !== undefined,
        });
        warnOfSettings(torrent, job);
        if (dates === undefined) undated.push(torrent);
        // The program ended while it removed the files.
        if (isRemoved === true) removals.push(torrent.remove("cut-off").catch(fails));
        else torrents.push(torrent);
      } catch (error) {
        fails(error);
      }
    }
  };
  await Promise.all(Array.from({ length: jobsAtOnce }, work));
  await settlesWithin(timers, removalMs, Promise.all(removals));
  const queue = inQueueOrder(torrents);
  setImmediate(() => {
    for (const torrent of queue) torrent.resume();
    void saveDates(undated);
  });
  return { torrents: queue, failed: [...failed] };
}

/** One after the other: the torrents of a large list would need as many descriptors. */
async function saveDates(torrents: readonly TorrentProxy[]): Promise<void> {
  for (const { promises, services } of torrents) if (!promises.areOver) await services.saveNames();
}

/** A listener that the program adds at once hears the warnings. */
export function warnOfSettings(
  torrent: Pick<TorrentProxy, "receive">,
  { wrongSettings = [] }: Pick<ListedJob, "wrongSettings">,
): void {
  if (wrongSettings.length === 0) return;
  const message = `the record has no usable value for ${wrongSettings.join(", ")}; the default holds`;
  setImmediate(() => torrent.receive({ event: "warning", code: "setting-unusable", message }));
}
