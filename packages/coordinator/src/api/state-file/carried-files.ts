// The plain files of a state folder on another machine.

import { readdir, lstat } from "node:fs/promises";
import { join } from "node:path";
import { encodeRecord, readableRecord, type JobRecord } from "@troupe/messages";
import { carriedRecord } from "@troupe/file-worker";
import { torrentsFolder } from "../../state-database.ts";
import { jobName } from "../../torrent-copies.ts";
import { recordSha1 } from "../job/read-record.ts";
import type { PathMap } from "./path-map.ts";
import type { ArchiveEntry } from "./state-archive.ts";

/** The place of a job on this machine. */
export type JobPlace = Pick<JobRecord, "directory" | "settings">;

/** Files in a watch folder that are looked at; a service adds the others again, which changes nothing. */
const mostWatched = 100_000;

/** Brings files to this machine: paths are mapped, and files that are named by the folder of a job get the names of here. */
export class CarriedFiles {
  readonly #paths: PathMap;
  readonly #placeOf: (record: JobRecord) => Promise<JobPlace>;
  /** The names of jobs here by those of there. */
  readonly #names = new Map<string, string>();

  constructor(paths: PathMap, placeOf: (record: JobRecord) => Promise<JobPlace>) {
    this.#paths = paths;
    this.#placeOf = placeOf;
  }

  /** Places a job and notes the names of its files. Comes before its files. */
  async placeJob(record: JobRecord): Promise<JobPlace> {
    const place = await this.#placeOf(record);
    this.#names.set(jobName(record), jobName({ key: record.key, ...place }));
    return place;
  }

  async carry(entry: ArchiveEntry): Promise<ArchiveEntry> {
    const { name } = entry;
    if (name.startsWith(`${torrentsFolder}/`)) return await this.#torrentFile(entry);
    if (name === "service/watched-files.json") return await this.#watchedFiles(entry);
    if (name.endsWith(".json")) return this.#mapped(entry, (text) => this.#mapJson(text));
    if (name.endsWith(".jsonl"))
      return this.#mapped(entry, (text) =>
        text
          .split("\n")
          .map((line) => this.#mapJson(line))
          .join("\n"),
      );
    return entry;
  }

  async #torrentFile({ name, bytes }: ArchiveEntry): Promise<ArchiveEntry> {
    const [, file = ""] = name.split("/");
    const ending = file.slice(file.lastIndexOf("."));
    const own = file.slice(0, -ending.length);
    if (ending !== ".job") return { name: this.#named(own, ending), bytes };
    const record = readableRecord(bytes, recordSha1);
    if (record === undefined) return { name, bytes };
    const place = await this.placeJob(record);
    const carried = encodeRecord(carriedRecord(record, place), recordSha1);
    return { name: this.#named(own, ending), bytes: carried };
  }

  #named(own: string, ending: string): string {
    return `${torrentsFolder}/${this.#names.get(own) ?? own}${ending}`;
  }

  #mapped({ name, bytes }: ArchiveEntry, map: (text: string) => string): ArchiveEntry {
    const text = Buffer.from(bytes).toString();
    const mapped = map(text);
    return mapped === text ? { name, bytes } : { name, bytes: Buffer.from(mapped) };
  }

  /** A text that is no JSON stays: the program that reads it judges it. */
  #mapJson(text: string): string {
    const value = parsed(text);
    if (value === undefined) return text;
    const before = JSON.stringify(value);
    const after = JSON.stringify(this.#paths.mapAll(value));
    return before === after ? text : after;
  }

  /** A watched file has another inode here: it is found by its size and time. */
  async #watchedFiles({ name, bytes }: ArchiveEntry): Promise<ArchiveEntry> {
    const value = parsed(this.#mapJson(Buffer.from(bytes).toString())) as
      | { readonly folders?: unknown }
      | undefined;
    const folders = value?.folders;
    if (typeof folders !== "object" || folders === null) return { name, bytes };
    const renewed: [string, unknown][] = [];
    for (const [folder, keys] of Object.entries(folders))
      renewed.push([folder, Array.isArray(keys) ? await renewKeys(folder, keys) : keys]);
    const text = `${JSON.stringify({ ...value, folders: Object.fromEntries(renewed) })}\n`;
    return { name, bytes: Buffer.from(text) };
  }
}

async function renewKeys(folder: string, keys: readonly unknown[]): Promise<readonly unknown[]> {
  const inodes = new Map<string, bigint>();
  const names = await readdir(folder).catch(() => []);
  for (const name of names.slice(0, mostWatched)) {
    const found = await lstat(join(folder, name), { bigint: true }).catch(() => undefined);
    if (found?.isFile() === true) inodes.set(`${found.size} ${found.mtimeNs}`, found.ino);
  }
  return keys.map((key) => {
    if (typeof key !== "string") return key;
    const facts = key.slice(key.indexOf(" ") + 1);
    const inode = inodes.get(facts);
    return inode === undefined ? key : `${inode} ${facts}`;
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
