// What is kept in the state folder, as far as the user's thread has to do with it: where the database is, plain copies
// beside it, and the list of all jobs from both.

import { join } from "node:path";
import { messageOf } from "@troupe/actor-runtime";
import type { AddTorrent, ListedJob, ListedMove, RecordHome, TorrentEvent } from "@troupe/messages";
import { settingsOf } from "../../job-settings.ts";
import type { TorrentServices } from "../torrent-services.ts";
import { loadSource, type LoadedMetainfo } from "./load-metainfo.ts";
import { folderOf } from "../options/option-values.ts";
import { SavedTorrents, type RealFolder } from "./saved-torrents.ts";

/** Name of the database; the actor `records` alone opens it. */
const databaseFile = "state.db";

/** A torrent, as its copies keep it. */
interface SavedTorrent {
  readonly infoHash: string;
  readonly isStarted: boolean;
  readonly priorities: readonly number[];
  receive(event: TorrentEvent): void;
}

/** The session state of one coordinator. */
export class SessionState {
  /** Absolute; undefined: nothing is kept. */
  readonly directory: string | undefined;
  readonly #savedTorrents: SavedTorrents | undefined;
  readonly #realFolder: RealFolder;
  readonly #ended = new AbortController();
  /** Copies of jobs that are being written, the last of each by its name. */
  readonly #saving = new Map<string, Promise<void>>();
  /** Those of them that have not begun. */
  readonly #due = new Set<string>();

  /** @throws TroupeError `option-out-of-range` */
  constructor(directory: string | undefined, realFolder: RealFolder) {
    this.#realFolder = realFolder;
    if (directory === undefined) return;
    this.directory = folderOf("stateDirectory", directory);
    this.#savedTorrents = new SavedTorrents(this.directory);
  }

  /** Where records are kept; undefined: nowhere. */
  get home(): Extract<RecordHome, { readonly kind: "database" }> | undefined {
    if (this.directory === undefined) return undefined;
    return { kind: "database", path: join(this.directory, databaseFile) };
  }

  /**
   * A .torrent from anywhere, or the copy of one that was added before.
   * @throws TroupeError of whatever refused it; the reason of `signal`, or of `giveUp`.
   */
  async load(source: string | URL | Uint8Array, signal?: AbortSignal): Promise<LoadedMetainfo> {
    const ended = this.#ended.signal;
    const givenUp = AbortSignal.any(signal === undefined ? [ended] : [signal, ended]);
    const loaded = await loadSource(source, {
      signal: givenUp,
      ...(this.directory !== undefined && { stateDirectory: this.directory }),
    });
    givenUp.throwIfAborted();
    return loaded;
  }

  /** Nothing is loaded any more, also what is being fetched. */
  giveUp(reason: Error): void {
    this.#ended.abort(reason);
  }

  /**
   * Keeps the copies of a job; when they cannot be kept that is a warning of the torrent, in a later turn.
   *
   * @returns Settles when its .torrent can be found again: a record without it would be a job that nobody can bring back.
   */
  async save(torrent: SavedTorrent, request: AddTorrent): Promise<void> {
    const savedTorrents = this.#savedTorrentsFor(request);
    if (savedTorrents === undefined) return;
    const found = savedTorrents.save(torrent.infoHash, request.metainfo);
    this.#saveJob(savedTorrents, torrent, request, found);
    await found.catch(() => undefined);
  }

  /** What a torrent does with its copies, as long as its files lie where the request says. */
  savedTorrentServices(
    torrent: () => SavedTorrent,
    infoHash: string,
    request: AddTorrent,
  ): Pick<TorrentServices, "saveTorrent" | "saveWish" | "forgetSaved"> {
    const savedTorrents = this.#savedTorrentsFor(request);
    let isForgotten = false;
    return {
      saveTorrent: async () => {
        await this.save(torrent(), request);
        await this.settled();
      },
      saveWish: () => {
        if (savedTorrents === undefined || isForgotten) return;
        this.#saveJob(savedTorrents, torrent(), request, Promise.resolve());
      },
      forgetSaved: () => {
        isForgotten = true;
        return this.#forget(infoHash, request.directory);
      },
    };
  }

  #savedTorrentsFor({ mode, home }: AddTorrent): SavedTorrents | undefined {
    return home?.kind === "database" && mode !== "check-only" ? this.#savedTorrents : undefined;
  }

  #saveJob(
    savedTorrents: SavedTorrents,
    torrent: SavedTorrent,
    request: AddTorrent,
    after: Promise<void>,
  ): void {
    const { infoHash } = torrent;
    const { directory } = request;
    const name = nameOf({ infoHash, directory });
    // What has not begun will say what is wanted then.
    if (this.#due.has(name)) return;
    this.#due.add(name);
    const earlier = this.#saving.get(name);
    const write = async (): Promise<void> => {
      await earlier;
      await after;
      this.#due.delete(name);
      const { isStarted, priorities } = torrent;
      const isChosen = priorities.some((priority) => priority !== 1);
      const settings = settingsOf(request, isChosen ? priorities : undefined);
      await savedTorrents.saveJob({ infoHash, directory, settings, isStarted });
    };
    const saved = write()
      .catch((error: unknown) => {
        this.#due.delete(name);
        const message = `cannot keep a copy of the .torrent file: ${messageOf(error)}`;
        // Whoever adds it listens as soon as he has it.
        setImmediate(() => torrent.receive({ event: "warning", code: "state-not-kept", message }));
      })
      .finally(() => {
        if (this.#saving.get(name) === saved) this.#saving.delete(name);
      });
    this.#saving.set(name, saved);
  }

  /** Forgets a job; the copy of its .torrent stays. */
  async #forget(infoHash: string, directory: string): Promise<void> {
    await this.settled();
    await this.#savedTorrents?.forgetJob(infoHash, directory, this.#realFolder);
  }

  /** Every copy that was begun is written, or has failed. */
  async settled(): Promise<void> {
    await Promise.all(this.#saving.values());
  }

  /** The copy of a .torrent that was added before. */
  async metainfo(infoHash: string): Promise<Uint8Array | undefined> {
    return await this.#savedTorrents?.find(infoHash);
  }

  /**
   * @param recorded The jobs of the database.
   * @param moves Moves that are not over. A job may still be listed where it was before.
   * @returns them, and those that only have their copies. What their users want was last said to the copies: the
   *   database hears of it when pieces are known.
   */
  async jobs(
    recorded: readonly ListedJob[],
    moves: readonly ListedMove[],
  ): Promise<readonly ListedJob[]> {
    const copied = (await this.#savedTorrents?.jobs()) ?? [];
    const switched = new Map(
      moves
        .filter(({ isSwitched }) => isSwitched)
        .map(({ infoHash, from, to }) => [nameOf({ infoHash, directory: from }), to]),
    );
    // The database knows folders without links. The disk of a folder is asked only where the name is not known.
    const known = new Set([...recorded.map(nameOf), ...switched.keys()]);
    const copiedNames = new Set(copied.map(nameOf));
    const uncopied = recorded.filter((job) => !copiedNames.has(nameOf(job)));
    const named = copied.map(async (job) => {
      const name = known.has(nameOf(job)) ? nameOf(job) : await this.#realNameOf(job, uncopied);
      const directory = switched.get(name);
      if (directory === undefined) return [name, job] as const;
      return [nameOf({ ...job, directory }), { ...job, directory }] as const;
    });
    const jobs = new Map(await Promise.all(named));
    for (const job of recorded) {
      const name = nameOf(job);
      jobs.set(name, asWanted(job, jobs.get(name)));
    }
    return [...jobs.values()];
  }

  /** @param others Where the disk does not answer, a job of the same torrent among these is taken for this one. */
  async #realNameOf(job: ListedJob, others: readonly ListedJob[]): Promise<string> {
    const { infoHash } = job;
    try {
      return nameOf({ infoHash, directory: await this.#realFolder(job) });
    } catch {
      return nameOf(others.find((other) => other.infoHash === infoHash) ?? job);
    }
  }
}

function asWanted(job: ListedJob, saved: ListedJob | undefined): ListedJob {
  if (saved === undefined) return job;
  const { isStarted, directory } = saved;
  const { priorities: _, ...others } = job.settings;
  const { priorities } = saved.settings;
  const settings = { ...others, ...(priorities !== undefined && { priorities }) };
  return { ...job, directory, isStarted, settings };
}

function nameOf({ infoHash, directory }: Pick<ListedJob, "infoHash" | "directory">): string {
  return `${infoHash} ${directory}`;
}
