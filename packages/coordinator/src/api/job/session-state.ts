// The state folder, as this thread uses it.

import { join } from "node:path";
import {
  hostsForStrangers,
  nodePorts,
  systemSentence,
  type MayDial,
  type NetworkRules,
} from "@troupe/actor-runtime";
import { folderOf } from "@troupe/api-base";
import {
  copyShared,
  mergedDates,
  type AddTorrent,
  type JobDates,
  type ListedJob,
  type ListedMove,
  type RecordHome,
  type TorrentEvent,
  type TorrentInfo,
} from "@troupe/messages";
import { keysOf, type TorrentKey } from "@troupe/protocol/identity";
import { isKept } from "../../kept-torrents.ts";
import { databaseFile } from "../../state-database.ts";
import { copyName, jobName } from "../../torrent-copies.ts";
import type { AddOptions } from "../options/generated/torrent-options.ts";
import type { LiveSettings } from "../live-settings.ts";
import type { RecordedPlace } from "./job-place.ts";
import { findJob } from "./recorded-job.ts";
import { loadSource, type LoadedSource } from "./load-metainfo.ts";
import { readSource } from "./read-source.ts";
import { savedSource } from "./saved-source.ts";
import { SavedTorrents, type RealFolder } from "./saved-torrents.ts";

/** A torrent, as its copies keep it. */
interface SavedTorrent {
  /** Hashes: as far as they are known. */
  readonly info: Pick<TorrentInfo, "key"> & Partial<Pick<TorrentInfo, "infoHashes">>;
  readonly isStarted: boolean;
  /** Undefined: 1 each, or not known yet. */
  readonly chosenPriorities: readonly number[] | undefined;
  readonly recorded: { readonly dates: JobDates };
  readonly settings: Pick<LiveSettings, "values">;
  receive(event: TorrentEvent): void;
}

/** A listed job. */
type CopiedJob = ListedJob & {
  /** The folder by which its copies are named. Default: its folder. */
  readonly copiedAt?: string;
};

/** The session state of a coordinator. */
export class SessionState {
  /** Absolute. Undefined: no state is kept. */
  readonly directory: string | undefined;
  readonly #savedTorrents: SavedTorrents | undefined;
  readonly #realFolder: RealFolder;
  readonly #network: NetworkRules | undefined;
  readonly #strangerHosts: MayDial;
  readonly #ended = new AbortController();
  /** The last write of each job. */
  readonly #saving = new Map<string, Promise<void>>();
  /** Jobs whose write has not begun. */
  readonly #due = new Map<string, Promise<boolean>>();

  /** @throws TroupeError `option-out-of-range` */
  constructor(
    directory: string | undefined,
    realFolder: RealFolder,
    network?: NetworkRules,
    localHosts?: readonly string[],
  ) {
    this.#realFolder = realFolder;
    this.#network = network;
    this.#strangerHosts = hostsForStrangers(nodePorts().interfaces, localHosts);
    if (directory === undefined) return;
    this.directory = folderOf("stateDirectory", directory);
    this.#savedTorrents = new SavedTorrents(this.directory);
  }

  /** The place of records. */
  get home(): Extract<RecordHome, { readonly kind: "database" }> | undefined {
    if (this.directory === undefined) return undefined;
    return { kind: "database", path: join(this.directory, databaseFile) };
  }

  /**
   * @throws TroupeError of the refusal; the reason of `signal`, or of `giveUp`.
   */
  async load(
    source: string | URL | Uint8Array,
    {
      signal,
      fromNetwork = false,
      useLocalHosts = true,
    }: Pick<AddOptions, "fromNetwork" | "useLocalHosts"> & {
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<LoadedSource> {
    const ended = this.#ended.signal;
    const givenUp = AbortSignal.any(signal === undefined ? [ended] : [signal, ended]);
    const loaded = await loadSource(source, {
      signal: givenUp,
      network: this.#network,
      ...(!useLocalHosts && { mayDial: this.#strangerHosts }),
      ...(this.directory !== undefined && { stateDirectory: this.directory }),
    });
    givenUp.throwIfAborted();
    return fromNetwork ? { ...loaded, source: "network" } : loaded;
  }

  /**
   * The job on record for a torrent and a folder.
   *
   * @returns Undefined without a record, for a source that is no torrent, and for a disk that does not answer.
   */
  async jobOnRecord(source: LoadedSource, directory: string): Promise<ListedJob | undefined> {
    const saved = this.#savedTorrents;
    if (saved === undefined || !(await saved.listsJobs())) return undefined;
    for (const key of readSource(source)?.keys ?? []) {
      const job = await findJob(saved, key, directory, this.#realFolder).catch(() => undefined);
      if (job !== undefined) return job;
    }
    return undefined;
  }

  giveUp(reason: Error): void {
    this.#ended.abort(reason);
  }

  /**
   * Writes the copies of a job; a failure is a warning. Settles when the copy of the .torrent is written, without which a
   * record cannot be brought back.
   */
  async save(torrent: SavedTorrent, request: AddTorrent): Promise<void> {
    const savedTorrents = this.#savedTorrentsFor(request);
    if (savedTorrents === undefined) return;
    const found = saveSource(savedTorrents, torrent.info, request);
    const listed = this.#saveJob(savedTorrents, torrent, request, found);
    // A magnet has no record that lists it, and a service has answered that the torrent is there.
    const isListed = request.magnet !== undefined || request.isServed === true;
    await (isListed ? listed : found.catch(() => undefined));
  }

  /** Writes the copies of a job; a failure is a warning. */
  async saveTorrent(torrent: SavedTorrent, request: AddTorrent): Promise<void> {
    await this.save(torrent, request);
    await this.settled();
  }

  /** Lists the job of a magnet whose .torrent is saved, with its priorities, and then removes its link. */
  replaceMagnet(torrent: SavedTorrent, request: AddTorrent): void {
    const savedTorrents = this.#savedTorrentsFor(request);
    if (savedTorrents === undefined) return;
    const { key } = torrent.info;
    const listed = this.#saveJob(savedTorrents, torrent, request, Promise.resolve());
    void this.#inTurn(nameOf({ key, directory: request.directory }), async () => {
      if (await listed) await savedTorrents.forgetMagnet(copyName({ key, ...request }));
    });
  }

  /** Writes wish, priorities and place in the queue. */
  saveWish(torrent: SavedTorrent, request: AddTorrent): void {
    const savedTorrents = this.#savedTorrentsFor(request);
    if (savedTorrents === undefined) return;
    void this.#saveJob(savedTorrents, torrent, request, Promise.resolve());
  }

  /** Writes the same with the names of the files. Settles when the names are durable; a failure is a warning. */
  async saveNames(torrent: SavedTorrent, request: AddTorrent): Promise<void> {
    const savedTorrents = this.#savedTorrentsFor(request);
    if (savedTorrents === undefined) return;
    await this.#saveJob(savedTorrents, torrent, request, Promise.resolve());
  }

  /** Lists that a job is removed with its files. @throws rejects with a system error. */
  async saveRemoval(torrent: SavedTorrent, request: AddTorrent): Promise<void> {
    const savedTorrents = this.#savedTorrentsFor(request);
    if (savedTorrents === undefined) return;
    const { key } = torrent.info;
    const { directory } = request;
    const removed = {
      ...{ key, directory, ...choicesOf(torrent, request) },
      ...({ isStarted: false, isRemoved: true } as const),
    };
    await this.#inTurn(nameOf(removed), () => savedTorrents.saveJob(removed));
  }

  /** Removes the copies of a job. */
  async forgetTorrent(key: TorrentKey, directory: string): Promise<void> {
    await this.settled();
    await this.#savedTorrents?.forgetJob(key, directory, this.#realFolder);
  }

  #savedTorrentsFor({ mode, home }: AddTorrent): SavedTorrents | undefined {
    return home?.kind === "database" && isKept(mode) ? this.#savedTorrents : undefined;
  }

  /** @returns Whether the job is listed. */
  #saveJob(
    savedTorrents: SavedTorrents,
    torrent: SavedTorrent,
    request: AddTorrent,
    after: Promise<void>,
  ): Promise<boolean> {
    const { key } = torrent.info;
    const { directory } = request;
    const name = nameOf({ key, directory });
    // A write reads the wish when it begins.
    const due = this.#due.get(name);
    if (due !== undefined) return due;
    const write = async (): Promise<void> => {
      await after;
      this.#due.delete(name);
      const { isStarted } = torrent;
      await savedTorrents.saveJob({ key, directory, ...choicesOf(torrent, request), isStarted });
    };
    const listed = this.#inTurn(name, write).then(
      () => true,
      (error: unknown) => {
        this.#due.delete(name);
        warnOfCopy(torrent, error);
        return false;
      },
    );
    this.#due.set(name, listed);
    return listed;
  }

  /** Writes after the last write of the same job, also after one that its caller no longer waits for. */
  #inTurn(name: string, write: () => Promise<void>): Promise<void> {
    const earlier = this.#saving.get(name) ?? Promise.resolve();
    const written = earlier.then(write);
    const settled = written
      .catch(() => undefined)
      .finally(() => {
        if (this.#saving.get(name) === settled) this.#saving.delete(name);
      });
    this.#saving.set(name, settled);
    return written;
  }

  async settled(): Promise<void> {
    await Promise.all(this.#saving.values());
  }

  /** The folders of the jobs of a torrent, each with its final folder. */
  async places(key: TorrentKey): Promise<readonly RecordedPlace[]> {
    const jobs = (await this.#savedTorrents?.jobs(key)) ?? [];
    return jobs.map(({ directory, settings }) => ({ directory, moveTo: settings.moveTo }));
  }

  /** The copy of a .torrent, or of a magnet link. @throws TroupeError `torrent-copy-lost` */
  async source({
    key,
    directory,
    copiedAt = directory,
  }: Pick<CopiedJob, "copiedAt" | "directory" | "key">): ReturnType<typeof savedSource> {
    return await savedSource(this.#savedTorrents, this.directory, { key, directory: copiedAt });
  }

  /**
   * Lists the jobs of the database and of the copies, with the wishes of the copies, which are newer. Dates and the mark of a
   * service are those of both.
   *
   * @param moves Unfinished moves: a copy may name the folder before the move.
   */
  async jobs(
    recorded: readonly ListedJob[],
    moves: readonly ListedMove[],
  ): Promise<readonly CopiedJob[]> {
    const copied = (await this.#savedTorrents?.jobs()) ?? [];
    const switched = new Map(
      moves
        .filter(({ isSwitched }) => isSwitched)
        .map(({ key, from, to }) => [nameOf({ key, directory: from }), to]),
    );
    // The database has real paths. Other names need a question to their disk.
    const known = new Set([...recorded.map(nameOf), ...switched.keys()]);
    const copiedNames = new Set(copied.map(nameOf));
    const uncopied = recorded.filter((job) => !copiedNames.has(nameOf(job)));
    const named = copied.map(async (job) => {
      const name = known.has(nameOf(job)) ? nameOf(job) : await this.#realNameOf(job, uncopied);
      const directory = switched.get(name);
      if (directory === undefined) return [name, job] as const;
      const moved = { ...job, directory, copiedAt: job.directory };
      return [nameOf(moved), moved] as const;
    });
    const jobs = new Map<string, CopiedJob>(await Promise.all(named));
    for (const job of recorded) {
      const name = nameOf(job);
      jobs.set(name, ofBoth(jobs.get(name), job));
    }
    return [...jobs.values()];
  }

  /** @param others Searched for the same torrent if the disk does not answer. */
  async #realNameOf(job: ListedJob, others: readonly ListedJob[]): Promise<string> {
    const { key } = job;
    try {
      return nameOf({ key, directory: await this.#realFolder(job) });
    } catch {
      return nameOf(others.find((other) => other.key === key) ?? job);
    }
  }
}

/** @throws rejects with a system error. */
async function saveSource(
  savedTorrents: SavedTorrents,
  { key, infoHashes }: SavedTorrent["info"],
  { directory, metainfo, magnet, source = "file", isFromStranger }: AddTorrent,
): Promise<void> {
  const name = copyName({ key, directory, isFromStranger });
  if (metainfo !== undefined) await savedTorrents.save(name, copyShared(metainfo));
  else if (magnet !== undefined) await savedTorrents.saveMagnet(name, { magnet, source });
  if (metainfo !== undefined && infoHashes !== undefined && isFromStranger !== true) {
    const others = keysOf(infoHashes).filter((each) => each !== key);
    // Without these names the copy is found by its key alone.
    await savedTorrents.saveNames(key, others).catch(() => undefined);
  }
  // A caller elsewhere may have given the job a copy of its own.
  if (isFromStranger !== true) await savedTorrents.forgetCopy(jobName({ key, directory }));
}

function warnOfCopy(torrent: SavedTorrent, error: unknown): void {
  const { path } = error as NodeJS.ErrnoException;
  const place = path === undefined ? "" : ` at "${path}"`;
  const message = `cannot keep a copy of the .torrent file${place}: ${systemSentence(error)}`;
  // A caller that adds the torrent listens in a later turn.
  setImmediate(() => torrent.receive({ event: "warning", code: "state-not-kept", message }));
}

function choicesOf(
  { settings, chosenPriorities: priorities, recorded: { dates } }: SavedTorrent,
  { isServed }: AddTorrent,
): Pick<ListedJob, "dates" | "isServed" | "priorities" | "settings"> {
  return {
    settings: settings.values,
    dates,
    ...(isServed && { isServed }),
    ...(priorities !== undefined && { priorities }),
  };
}

/** The job of a plain file and a record. */
function ofBoth(copied: ListedJob | undefined, recorded: ListedJob): ListedJob {
  if (copied === undefined) return recorded;
  const dates =
    copied.dates === undefined ? recorded.dates : mergedDates(copied.dates, recorded.dates);
  const isServed = copied.isServed ?? recorded.isServed;
  const { counters, pieces } = recorded;
  return {
    ...copied,
    ...(dates && { dates }),
    ...(isServed && { isServed }),
    ...(counters && { counters }),
    ...(pieces && { pieces }),
  };
}

function nameOf({ key, directory }: Pick<ListedJob, "key" | "directory">): string {
  return `${key} ${directory}`;
}
