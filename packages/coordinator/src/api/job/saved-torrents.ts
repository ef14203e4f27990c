// Plain files in the state folder that outlive its database: a copy of each .torrent, or its magnet link until the metadata
// are known, and of each job a record without pieces.
//
//   <state folder>/torrents/<key>.torrent
//   <state folder>/torrents/<key>.magnet
//   <state folder>/torrents/<another hash of the torrent>.key
//   <state folder>/torrents/<key>-<12 digits of the data folder's name hashed>.job
//
// A .torrent or a link that a caller elsewhere has given is named like its job, so that it replaces no copy of another job.

import { readdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, readBounded, syncFolder } from "@troupe/api-base";
import { torrentKey, type TorrentKey } from "@troupe/protocol/identity";
import { maxTorrentBytes } from "@troupe/protocol/metainfo";
import { encodeRecord, listedJob, zeroCounters, type ListedJob } from "@troupe/messages";
import {
  decodeMagnetFile,
  encodeMagnetFile,
  magnetFileLimitBytes,
  type SavedMagnet,
} from "./magnet-file.ts";
import { torrentsFolder } from "../../state-database.ts";
import { jobName, keyFile } from "../../torrent-copies.ts";
import { replaceFile } from "../replace-file.ts";
import { FolderNames } from "./folder-names.ts";
import { readRecord, recordSha1 } from "./read-record.ts";
import { stateFolderCalls } from "./state-folder-calls.ts";

/** A key has 40 bytes. */
const keyLimitBytes = 64;

/** The real path of a job's folder. @throws rejects when the disk does not answer. */
export type RealFolder = (job: Pick<ListedJob, "key" | "directory">) => Promise<string>;

/** The copies in a state folder, which several processes may share. */
export class SavedTorrents {
  readonly #folder: string;
  readonly #calls: ReturnType<typeof stateFolderCalls>;
  readonly #names = new FolderNames(() => this.#calls.run(() => readdir(this.#folder)));

  /** @param stateDirectory Absolute; made with the first copy. */
  constructor(stateDirectory: string) {
    this.#folder = join(stateDirectory, torrentsFolder);
    this.#calls = stateFolderCalls(stateDirectory);
  }

  /**
   * Readable by its owner alone; whole or not at all. Replaces the magnet link.
   *
   * @param name By `copyName`, as for all copies.
   * @throws rejects with a system error.
   */
  async save(name: string, metainfo: Uint8Array): Promise<void> {
    await this.#write(`${name}.torrent`, metainfo);
    await this.forgetMagnet(name);
  }

  /** Leads from further hashes of a torrent to the key of its copy. @throws rejects with a system error. */
  async saveNames(key: TorrentKey, others: readonly TorrentKey[]): Promise<void> {
    for (const other of others) await this.#write(keyFile(other), Buffer.from(key));
  }

  /** @throws rejects with a system error. */
  async saveMagnet(name: string, magnet: SavedMagnet): Promise<void> {
    await this.#write(magnetFile(name), encodeMagnetFile(magnet));
  }

  /** @throws rejects with a system error. */
  async saveJob({ key, directory, ...wish }: ListedJob): Promise<void> {
    const none = new Uint8Array(0);
    const record = encodeRecord(
      {
        key,
        directory,
        ...wish,
        counters: zeroCounters,
        peers: [],
        isOpenForWriting: true,
        pieceCount: 0,
        had: none,
        durable: none,
        suspect: none,
        unsampled: none,
        files: new BigUint64Array(0),
      },
      recordSha1,
    );
    await this.#write(`${jobName({ key, directory })}.job`, record);
    // Also for the name of the .torrent, which the start of a torrent does not wait for.
    await this.#calls.run(() => syncFolder(this.#folder));
  }

  /**
   * Removes the record and the own copies of a job, also if it names the folder through a link, and with the last job its
   * magnet link. The .torrent that jobs share stays.
   */
  async forgetJob(key: TorrentKey, directory: string, realFolder: RealFolder): Promise<void> {
    const forget = async (job: Pick<ListedJob, "directory" | "key">): Promise<void> => {
      await this.#unlink(`${jobName(job)}.job`);
      await this.forgetCopy(jobName(job));
    };
    try {
      await forget({ key, directory });
    } catch {
      const folderOf: RealFolder = (job) => realFolder(job).catch(() => job.directory);
      const folder = await folderOf({ key, directory });
      for (const job of await this.jobs()) {
        if (job.key !== key || (await folderOf(job)) !== folder) continue;
        await forget(job).catch(() => undefined);
      }
    }
    const others = await this.#jobNames();
    if (!others.some((name) => name.startsWith(`${key}-`))) await this.forgetMagnet(key);
  }

  /** Removes the magnet link, if there is one. */
  async forgetMagnet(name: string): Promise<void> {
    await this.#unlink(magnetFile(name)).catch(() => undefined);
  }

  /** Removes a .torrent and a magnet link, if they are there. */
  async forgetCopy(name: string): Promise<void> {
    await this.#unlink(`${name}.torrent`).catch(() => undefined);
    await this.forgetMagnet(name);
  }

  /** Whether a job has a record, readable or not. */
  async listsJobs(): Promise<boolean> {
    return (await this.#jobNames()).length > 0;
  }

  /** The jobs with a readable record. @param key Key of one torrent; default: all torrents. */
  async jobs(key?: TorrentKey): Promise<readonly ListedJob[]> {
    const names = await this.#jobNames();
    const jobs = await Promise.all(
      names.filter((name) => name.startsWith(key ?? "")).map((name) => this.#readJob(name)),
    );
    return jobs.filter((job) => job !== undefined);
  }

  /** @param name Also another hash of the torrent. @returns The bytes; undefined without a readable copy. */
  async find(name: string): Promise<Uint8Array | undefined> {
    const found = await this.#read(`${name}.torrent`, maxTorrentBytes);
    if (found !== undefined) return found;
    const named = await this.#read(keyFile(name), keyLimitBytes);
    const key = named && torrentKey(Buffer.from(named).toString());
    return key && (await this.#read(`${key}.torrent`, maxTorrentBytes));
  }

  async #read(name: string, limitBytes: number): Promise<Uint8Array | undefined> {
    const path = join(this.#folder, name);
    return await this.#calls.run(() => readBounded(path, limitBytes)).catch(() => undefined);
  }

  /** @returns The link; undefined without a readable copy. */
  async findMagnet(name: string): Promise<SavedMagnet | undefined> {
    const bytes = await this.#read(magnetFile(name), magnetFileLimitBytes);
    return bytes && decodeMagnetFile(bytes);
  }

  async #readJob(name: string): Promise<ListedJob | undefined> {
    const record = await this.#calls.run(() => readRecord(join(this.#folder, name)));
    if (record === undefined) return undefined;
    const { counters: _, ...job } = listedJob(record);
    return job;
  }

  async #write(name: string, bytes: Uint8Array): Promise<void> {
    await this.#calls.run(async () => {
      await makeFolder(this.#folder, 0o700);
      const beginning = join(this.#folder, ".torrent");
      await replaceFile(join(this.#folder, name), bytes, { mode: 0o600, beginning });
      this.#names.put(name);
    });
  }

  async #unlink(name: string): Promise<void> {
    await this.#calls.run(() => unlink(join(this.#folder, name)));
    this.#names.drop(name);
  }

  async #jobNames(): Promise<readonly string[]> {
    const names = await this.#names.all().catch(() => []);
    return [...names].filter((name) => name.endsWith(".job"));
  }
}

function magnetFile(name: string): string {
  return `${name}.magnet`;
}
