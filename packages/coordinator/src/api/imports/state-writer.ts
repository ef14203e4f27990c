// Writes imported torrents into a state folder: their .torrents, then their records, and last the plain files of the jobs. A
// record brings a job back without its plain file; a plain file without a record would have the data hashed.

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { nodePorts, type DiskDatabase } from "@troupe/actor-runtime";
import { makeFolder, syncFolder } from "@troupe/api-base";
import { recordName } from "@troupe/file-worker";
import { encodeRecord, type JobRecord } from "@troupe/messages";
import { keysOf } from "@troupe/protocol/identity";
import { databaseFile, torrentsFolder } from "../../state-database.ts";
import { jobName } from "../../torrent-copies.ts";
import { recordSha1 } from "../job/read-record.ts";
import { SavedTorrents } from "../job/saved-torrents.ts";
import { lockAgainstService } from "../state-file/service-lock.ts";
import type { PlannedImport } from "./planned-import.ts";

/** Bytes of records that a commit takes. */
const batchBytes = 16 * 1024 ** 2;
/** Jobs of a commit: an import that is aborted writes their plain files yet. */
const batchJobs = 256;

/** The state folder of an import. */
export class StateWriter implements AsyncDisposable {
  readonly #folder: string;
  readonly #saved: SavedTorrents;
  /** Names of jobs and records that the folder has. */
  readonly #known: Set<string>;
  /** Undefined: nothing is written. */
  readonly #database: DiskDatabase | undefined;
  /** The open database and the lock. */
  readonly #owned: DisposableStack;
  /** Records that are not committed, with their bytes. */
  #waiting: (readonly [JobRecord, Uint8Array])[] = [];
  #waitingBytes = 0;

  private constructor(
    folder: string,
    known: Set<string>,
    database?: DiskDatabase,
    owned = new DisposableStack(),
  ) {
    this.#folder = folder;
    this.#saved = new SavedTorrents(folder);
    this.#known = known;
    this.#database = database;
    this.#owned = owned;
  }

  /**
   * @param isDry Nothing is written.
   * @throws rejects with TroupeError `service-running`; a system error.
   */
  static async open(folder: string, isDry: boolean): Promise<StateWriter> {
    if (isDry) return new StateWriter(folder, await knownJobs(folder));
    await makeFolder(folder, 0o700);
    using owned = new DisposableStack();
    const lock = await lockAgainstService(folder, "import into");
    owned.defer(() => lock?.release());
    const { disk } = nodePorts();
    const database = disk.openDatabase(join(folder, databaseFile));
    owned.defer(() => database.close());
    const known = await knownJobs(folder);
    for (const { name } of database.all()) known.add(name);
    return new StateWriter(folder, known, database, owned.move());
  }

  /** A job that the folder has stays as it is. */
  async write({ record, torrent }: PlannedImport): Promise<"imported" | "known"> {
    const { directory, key } = record;
    const [copied, recorded] = [jobName(record), recordName(key, directory)];
    if (this.#known.has(copied) || this.#known.has(recorded)) return "known";
    this.#known.add(copied);
    if (this.#database === undefined) return "imported";
    await this.#saved.save(key, torrent.metainfo);
    const others = keysOf(torrent.content.infoHashes).filter((other) => other !== key);
    await this.#saved.saveNames(key, others);
    const bytes = encodeRecord(record, recordSha1);
    this.#waiting.push([record, bytes]);
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes > batchBytes || this.#waiting.length >= batchJobs) await this.#flush();
    return "imported";
  }

  /** Commits the records that wait, and then writes the plain files of their jobs. */
  async #flush(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (batch.length === 0) return;
    // The name of a .torrent is durable before a record that needs it.
    await syncFolder(join(this.#folder, torrentsFolder));
    const rows = batch.map(
      ([{ key, directory }, bytes]) => [recordName(key, directory), bytes] as const,
    );
    this.#database?.commit(new Map(rows));
    for (const [record] of batch) await this.#saved.saveJob(record);
  }

  /** Torrents of an import that was broken off are kept. */
  async [Symbol.asyncDispose](): Promise<void> {
    using _owned = this.#owned;
    await this.#flush();
  }
}

/** The names of the plain files of jobs. */
async function knownJobs(folder: string): Promise<Set<string>> {
  const names = await readdir(join(folder, torrentsFolder)).catch(() => []);
  const jobs = names.filter((name) => name.endsWith(".job"));
  return new Set(jobs.map((name) => name.slice(0, -".job".length)));
}
