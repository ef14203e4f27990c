// Writes imported torrents into a state folder: the .torrent and the plain file of each job, and then their records.

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { nodePorts } from "@troupe/actor-runtime";
import { makeFolder } from "@troupe/api-base";
import { recordName } from "@troupe/file-worker";
import { encodeRecord, type JobRecord } from "@troupe/messages";
import { keysOf } from "@troupe/protocol/identity";
import { databaseFile, torrentsFolder } from "../../state-database.ts";
import { jobName } from "../../torrent-copies.ts";
import { recordSha1 } from "../job/read-record.ts";
import { SavedTorrents } from "../job/saved-torrents.ts";
import type { FileLock } from "../lock/file-locks.ts";
import { lockAgainstService } from "../state-file/service-lock.ts";
import type { PlannedImport } from "./planned-import.ts";

/** Bytes of records that a commit takes. */
const batchBytes = 16 * 1024 ** 2;

type Database = ReturnType<ReturnType<typeof nodePorts>["disk"]["openDatabase"]>;

/** The state folder of an import. */
export class StateWriter implements Disposable {
  readonly #saved: SavedTorrents;
  /** Names of jobs and records that the folder has. */
  readonly #known: Set<string>;
  readonly #lock: FileLock | undefined;
  /** Undefined: nothing is written. */
  readonly #database: Database | undefined;
  #waiting = new Map<string, Uint8Array>();
  #waitingBytes = 0;

  private constructor(
    folder: string,
    known: Set<string>,
    lock: FileLock | undefined,
    database: Database | undefined,
  ) {
    this.#saved = new SavedTorrents(folder);
    this.#known = known;
    this.#lock = lock;
    this.#database = database;
  }

  /**
   * @param isDry Nothing is written.
   * @throws rejects with TroupeError `service-running`; a system error.
   */
  static async open(folder: string, isDry: boolean): Promise<StateWriter> {
    if (isDry) return new StateWriter(folder, await knownJobs(folder), undefined, undefined);
    await makeFolder(folder, 0o700);
    const lock = await lockAgainstService(folder, "import into");
    try {
      const { disk } = nodePorts();
      const database = disk.openDatabase(join(folder, databaseFile));
      const known = await knownJobs(folder);
      for (const { name } of database.all()) known.add(name);
      return new StateWriter(folder, known, lock, database);
    } catch (error) {
      lock?.release();
      throw error;
    }
  }

  /** A job that the folder has stays as it is. */
  async write({ record, torrent }: PlannedImport): Promise<"imported" | "known"> {
    const { directory, key } = record;
    const [copied, recorded] = [jobName(record), recordName(key, directory)];
    if (this.#known.has(copied) || this.#known.has(recorded)) return "known";
    this.#known.add(copied);
    if (this.#database === undefined) return "imported";
    const { dates, isServed, isStarted, priorities, settings } = record;
    await this.#saved.save(key, torrent.metainfo);
    const others = keysOf(torrent.content.infoHashes).filter((other) => other !== key);
    await this.#saved.saveNames(key, others);
    this.#put(recorded, record);
    await this.#saved.saveJob({
      ...{ key, directory, settings, isStarted },
      ...(isServed && { isServed }),
      ...(dates && { dates }),
      ...(priorities && { priorities }),
    });
    return "imported";
  }

  /** Commits the records that wait. */
  #flush(): void {
    if (this.#waiting.size > 0) this.#database?.commit(this.#waiting);
    this.#waiting = new Map();
    this.#waitingBytes = 0;
  }

  /** Records of an import that was broken off are kept. */
  [Symbol.dispose](): void {
    try {
      this.#flush();
    } finally {
      this.#database?.close();
      this.#lock?.release();
    }
  }

  #put(name: string, record: JobRecord): void {
    const bytes = encodeRecord(record, recordSha1);
    this.#waiting.set(name, bytes);
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes > batchBytes) this.#flush();
  }
}

/** The names of the plain files of jobs. */
async function knownJobs(folder: string): Promise<Set<string>> {
  const names = await readdir(join(folder, torrentsFolder)).catch(() => []);
  const jobs = names.filter((name) => name.endsWith(".job"));
  return new Set(jobs.map((name) => name.slice(0, -".job".length)));
}
