// What is kept in the state folder, as far as the user's thread has to do with it: where the database is, plain copies
// beside it, and the list of all jobs from both.

import { join } from "node:path";
import type { AddTorrent, ListedJob, RecordHome } from "@troupe/messages";
import { settingsOf } from "../job-settings.ts";
import { messageOf } from "../troupe-error.ts";
import type { Torrent } from "./torrent.ts";
import { loadSource, type LoadedMetainfo } from "./load-metainfo.ts";
import { folderOf } from "./options.ts";
import { TorrentCopies } from "./torrent-copies.ts";

/** Name of the database; the file-worker alone opens it. */
const databaseFile = "state.db";

/** The session state of one coordinator. */
export class SessionState {
  /** Absolute; undefined: nothing is kept. */
  readonly directory: string | undefined;
  readonly #copies: TorrentCopies | undefined;
  readonly #ended = new AbortController();
  /** Copies that are being written. */
  readonly #keeping = new Set<Promise<void>>();

  /** @throws TroupeError `option-out-of-range` */
  constructor(directory: string | undefined) {
    if (directory === undefined) return;
    this.directory = folderOf("stateDirectory", directory);
    this.#copies = new TorrentCopies(this.directory);
  }

  /** Where records are kept; undefined: nowhere. */
  get home(): RecordHome | undefined {
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
  async keep(torrent: Pick<Torrent, "infoHash" | "receive">, request: AddTorrent): Promise<void> {
    const { infoHash } = torrent;
    const { mode, home, directory, metainfo } = request;
    const copies = this.#copies;
    if (copies === undefined || home?.kind !== "database" || mode === "check-only") return;
    const settings = settingsOf(request, request.priorities);
    const found = copies.keep(infoHash, metainfo);
    const kept = found
      .then(() => copies.keepJob({ infoHash, directory, settings }))
      .catch((error: unknown) => {
        const message = `cannot keep a copy of the .torrent file: ${messageOf(error)}`;
        // Whoever adds it listens as soon as he has it.
        setImmediate(() => torrent.receive({ event: "warning", code: "state-not-kept", message }));
      })
      .finally(() => this.#keeping.delete(kept));
    this.#keeping.add(kept);
    await found.catch(() => undefined);
  }

  /** Forgets a job; the copy of its .torrent stays. */
  async forget(infoHash: string, directory: string): Promise<void> {
    await this.settled();
    await this.#copies?.forgetJob(infoHash, directory);
  }

  /** Every copy that was begun is written, or has failed. */
  async settled(): Promise<void> {
    await Promise.all(this.#keeping);
  }

  /** The copy of a .torrent that was added before. */
  async metainfo(infoHash: string): Promise<Uint8Array | undefined> {
    return await this.#copies?.find(infoHash);
  }

  /** @param recorded The jobs of the database. @returns them, and those that only have their copies. */
  async jobs(recorded: readonly ListedJob[]): Promise<readonly ListedJob[]> {
    const jobs = new Map((await this.#copies?.jobs())?.map((job) => [nameOf(job), job]));
    for (const job of recorded) jobs.set(nameOf(job), job);
    return [...jobs.values()];
  }
}

function nameOf({ infoHash, directory }: ListedJob): string {
  return `${infoHash} ${directory}`;
}
