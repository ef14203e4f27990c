// The threads that hold the lock files of a coordinator. While a thread is stuck in a disk call, another thread serves the other
// folders.

import type { WorkerUrls } from "@troupe/actor-runtime";
import { throwStartError } from "@troupe/api-base";
import { TroupeError } from "@troupe/control";
import type { FileAccess, StuckThread } from "@troupe/messages";
import { closedError } from "../closed-error.ts";
import type { LockedJob, LockTaken } from "./lock-files.ts";
import { LockKeeper } from "./lock-keeper.ts";

/** Until another thread starts. */
const patienceMs = 100;
/** While all threads are stuck, no lock can be taken. */
const mostKeepers = 8;
/** For the release of a lock, of all locks at the end, and for the end of the threads. */
const endMs = 2_000;
const hurriedEndMs = 80;

interface PendingLock {
  readonly job: LockedJob;
  readonly taken: PromiseWithResolvers<LockTaken>;
}

interface KeptLock {
  readonly keeper: LockKeeper;
  readonly lock: number;
  readonly takesFile: boolean;
}

/** Takes and releases lock files without waiting for a disk in this thread. */
export class LockKeepers {
  readonly #mostFiles: number;
  readonly #workerUrls: WorkerUrls;
  readonly #access: FileAccess | undefined;
  readonly #keepers = new Set<LockKeeper>();
  readonly #ending = new Set<LockKeeper>();
  readonly #kept = new Map<LockedJob, KeptLock>();
  #waiting: PendingLock[] = [];
  #lastLock = 0;
  #patience: NodeJS.Timeout | undefined;
  #isClosed = false;

  /**
   * @param mostFiles Lock files at once, each with a descriptor. Further jobs have none.
   * @param access Permissions of the folders of new jobs.
   */
  constructor(mostFiles: number, workerUrls: WorkerUrls = {}, access?: FileAccess) {
    this.#mostFiles = mostFiles;
    this.#workerUrls = workerUrls;
    this.#access = access;
  }

  /** Starts the first thread ahead of the first lock. @throws TroupeError `worker-file-not-found` */
  prepare(): void {
    try {
      if (this.#keepers.size === 0) this.#start();
    } catch (error) {
      throwStartError(error);
    }
  }

  /** Resolves when a thread that was prepared takes orders. A busy machine takes seconds to start it. */
  async started(): Promise<void> {
    const [first] = this.#keepers;
    await first?.started();
  }

  /** @throws TroupeError `disk-not-answering` after 5 s, `coordinator-closed`. */
  take(job: LockedJob): Promise<LockTaken> {
    if (this.#isClosed) return Promise.reject(closedError());
    const taken = Promise.withResolvers<LockTaken>();
    this.#waiting.push({ job, taken });
    this.#serve();
    return taken.promise;
  }

  /**
   * @returns `LockTaken.folder`.
   * @throws TroupeError `disk-not-answering` after 5 s.
   */
  async realFolder(job: Pick<LockedJob, "key" | "directory">): Promise<string> {
    const order = { ...job, makesFolder: false, takesFile: false };
    return (await this.take(order)).folder;
  }

  /**
   * @param path `directory` is the path.
   * @throws TroupeError `disk-not-answering` after 5 s.
   */
  async exists(path: Pick<LockedJob, "key" | "directory">): Promise<boolean> {
    const order = { ...path, makesFolder: false, takesFile: false };
    return (await this.take(order)).isThere === true;
  }

  /**
   * Takes the file of a lock if it is gone, or was not taken.
   *
   * @returns Undefined if the disk does not answer.
   */
  async renew(job: LockedJob): Promise<LockTaken["outcome"] | undefined> {
    const kept = this.#kept.get(job);
    if (kept === undefined) return (await this.take(job).catch(() => undefined))?.outcome;
    const taken = await this.#askForLock(kept, job);
    if (taken?.outcome === "running") this.#kept.delete(job);
    return taken?.outcome;
  }

  /** Resolves after 2 s at most. */
  async release(job: LockedJob): Promise<void> {
    const kept = this.#kept.get(job);
    if (kept === undefined) return;
    this.#kept.delete(job);
    const released = this.#releaseAt(kept, job);
    if (!kept.keeper.isStuck) await within(released, endMs);
  }

  /**
   * Releases all locks, then ends the threads.
   *
   * @param hurry Aborted: each of both gets 80 ms more.
   * @returns The stuck threads.
   */
  async close(hurry?: AbortSignal): Promise<readonly StuckThread[]> {
    this.#isClosed = true;
    for (const { taken } of this.#waiting.splice(0)) taken.reject(closedError());
    const releases = [...this.#kept.keys()].map((job) => this.release(job));
    await within(Promise.all(releases), endMs, hurry);
    for (const keeper of this.#keepers) this.#end(keeper);
    await Promise.all(
      [...this.#ending].map(async ({ ended, isIdle, isStuck }) => {
        if (isIdle) await ended;
        else if (!isStuck) await within(ended, endMs, hurry);
      }),
    );
    const thread = "lock-keeper";
    return [...this.#ending].map(({ directories: [folder = ""] }) => ({ thread, folder }));
  }

  #serve(): void {
    this.#refuseStuck();
    for (const keeper of this.#keepers) if (keeper.isIdle) this.#beginNext(() => keeper);
    if (this.#keepers.size === 0) this.#beginNext(() => this.#start());
    this.#endIdle();
    clearTimeout(this.#patience);
    if (this.#waiting.length > 0) this.#patience = setTimeout(() => this.#serveMore(), patienceMs);
  }

  #serveMore(): void {
    if (this.#keepers.size < mostKeepers) this.#beginNext(() => this.#start());
    this.#serve();
  }

  #beginNext(keeperOf: () => LockKeeper): void {
    const busy = new Set([...this.#keepers].flatMap(({ directories }) => directories));
    const next = this.#waiting.find(({ job }) => !busy.has(job.directory));
    if (next === undefined) return;
    this.#waiting = this.#waiting.filter((taking) => taking !== next);
    const begin = async (): Promise<LockTaken> => await this.#begin(keeperOf(), next);
    begin().then(next.taken.resolve, next.taken.reject);
  }

  async #begin(keeper: LockKeeper, { job }: PendingLock): Promise<LockTaken> {
    this.#lastLock += 1;
    const takesFile = job.takesFile !== false && this.#kept.size < this.#mostFiles;
    const kept = { keeper, lock: this.#lastLock, takesFile };
    this.#kept.set(job, kept);
    const taken = await this.#askForLock(kept, job);
    if (taken?.outcome !== "held") this.#kept.delete(job);
    // If the disk answers after all, the lock must not be held.
    if (taken === undefined) void this.#releaseAt(kept, job);
    this.#serve();
    if (taken === undefined) throw notAnswering(job);
    return taken;
  }

  async #askForLock(kept: KeptLock, job: LockedJob): Promise<LockTaken | undefined> {
    const { keeper, lock, takesFile } = kept;
    const { key, directory, makesFolder } = job;
    const access = this.#access;
    const take = { lock, takesFile, key, directory, makesFolder, access };
    const noThread = { taken: { folder: directory, outcome: "impossible" } } as const;
    const answer = await keeper.ask({ take }, directory).catch(() => noThread);
    return answer !== undefined && "taken" in answer ? answer.taken : undefined;
  }

  async #releaseAt({ keeper, lock }: KeptLock, { directory }: LockedJob): Promise<void> {
    await keeper.ask({ release: lock }, directory).catch(() => undefined);
    this.#serve();
  }

  /** Refuses jobs in folders of stuck threads, and all jobs while all threads are stuck. */
  #refuseStuck(): void {
    const stuck = [...this.#keepers].filter(({ isStuck }) => isStuck);
    if (stuck.length === 0) return;
    const folders = new Set(stuck.flatMap(({ directories }) => directories));
    const isRefused = ({ job }: PendingLock): boolean =>
      stuck.length === mostKeepers || folders.has(job.directory);
    const refused = this.#waiting.filter(isRefused);
    this.#waiting = this.#waiting.filter((taking) => !isRefused(taking));
    for (const { job, taken } of refused) taken.reject(notAnswering(job));
  }

  #start(): LockKeeper {
    const keeper = new LockKeeper(this.#workerUrls, () => this.#serve());
    this.#keepers.add(keeper);
    void keeper.ended.then(() => this.#forget(keeper));
    return keeper;
  }

  #forget(keeper: LockKeeper): void {
    this.#ending.delete(keeper);
    this.#keepers.delete(keeper);
    for (const [job, place] of this.#kept) if (place.keeper === keeper) this.#kept.delete(job);
    this.#serve();
  }

  #endIdle(): void {
    const used = new Set([...this.#kept.values()].map(({ keeper }) => keeper));
    for (const keeper of this.#keepers) if (keeper.isIdle && !used.has(keeper)) this.#end(keeper);
  }

  #end(keeper: LockKeeper): void {
    this.#keepers.delete(keeper);
    this.#ending.add(keeper);
    keeper.end();
  }
}

function notAnswering({ key: infoHash, directory }: LockedJob): TroupeError {
  return new TroupeError(
    "disk-not-answering",
    `cannot start ${infoHash} in "${directory}": the disk did not answer for 5 s`,
    { details: { infoHash, directory } },
  );
}

async function within(
  work: Promise<unknown>,
  deadlineMs: number,
  hurry?: AbortSignal,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  // An answer that came while this thread had no core is read first.
  const late = (): void => void setImmediate(resolve);
  let timer = setTimeout(late, deadlineMs);
  const onHurry = (): void => {
    clearTimeout(timer);
    timer = setTimeout(late, hurriedEndMs);
  };
  if (hurry?.aborted === true) onHurry();
  else hurry?.addEventListener("abort", onHurry, { once: true });
  await Promise.race([work, promise]);
  hurry?.removeEventListener("abort", onHurry);
  clearTimeout(timer);
}
