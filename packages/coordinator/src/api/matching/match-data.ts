// Gives a torrent the files that are on the disk already, whatever their names are (`troupe match`, BEP 38).

import { resolve } from "node:path";
import { realpath } from "node:fs/promises";
import { TroupeError } from "@troupe/control";
import { keyOf } from "@troupe/protocol/identity";
import { parseTorrent, type Metainfo } from "@troupe/protocol/metainfo";
import { ownFolder, reservedFile } from "../../own-folder.ts";
import { jobLock } from "../lock/job-lock.ts";
import { LockKeepers } from "../lock/lock-keepers.ts";
import type { FoundData } from "./find-data.ts";
import { linkWays, type LinkWay } from "./link-ways.ts";

/** Options of {@link matchData}. Paths may be relative to the current folder. */
export interface MatchOptions {
  /** Folders whose files are looked at, at least one. Links in them are not followed. */
  readonly in: readonly string[];
  /**
   * A state folder. The data of its torrents that this .torrent names as similar, or that are in a collection of it (BEP 38), is
   * looked at first; not with `link` `rename`, which would take it away from them. Default: none.
   */
  readonly stateDirectory?: string;
  /** The data folder of the torrent. Default: the current folder. */
  readonly directory?: string;
  /** The way to make the files. Default `reflink`; where that is impossible, the error `link-needed`. */
  readonly link?: LinkWay;
  /** Nothing is made. Default false. */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: MatchProgress) => void;
}

/** A moment of a search. */
export interface MatchProgress {
  /** `looking`: entries of folders; `proving`: bytes of files; `linking`: files. */
  readonly stage: "looking" | "proving" | "linking";
  readonly done: number;
  /** Undefined while it is not known. */
  readonly total?: number;
}

/** A file of the torrent after a search. */
export interface MatchedFile {
  /** Its index in the torrent. */
  readonly file: number;
  /** Below the data folder, with `/` between the names. */
  readonly path: string;
  readonly lengthBytes: number;
  /**
   * `empty`: the torrent makes it by itself. `there`: something has its path already. `found`: a dry run would make it.
   * `linked`: it was made. `missing`: no file has its content. `unproven`: a file of its length is there, and nothing
   * proves it. `failed`: it could not be made.
   */
  readonly state: "empty" | "there" | "found" | "linked" | "missing" | "unproven" | "failed";
  /** The found file, absolute. */
  readonly from?: string;
  /** Why it is `unproven` or `failed`. */
  readonly reason?: string;
}

/** The result of a search. */
export interface MatchResult {
  readonly infoHash: string;
  readonly name: string;
  /** Absolute. */
  readonly directory: string;
  /** The way that the files were made, or would be made. */
  readonly link: LinkWay;
  /** Without padding. */
  readonly files: readonly MatchedFile[];
  /** A bound of the search was reached: files may have been left out. */
  readonly isCut: boolean;
  /** Sentences on folders that could not be read; 16 at most. */
  readonly unreadable: readonly string[];
}

/**
 * Finds the files of a torrent by their content, and makes them in its data folder. Nothing is overwritten, and nothing is
 * made that is not proven. Files that are made as hard links or symlinks are recorded in the data folder: the engine never
 * writes to them.
 *
 * @param torrent The bytes of a .torrent.
 * @throws rejects with ProtocolError for a wrong .torrent; TroupeError `option-out-of-range`, `folder-unreadable`,
 *   `job-name-reserved`, `already-running` for a torrent that runs in the folder, `links-unreadable`, `link-needed`; the
 *   signal's reason, after which files that were made stay.
 */
export async function matchData(torrent: Uint8Array, options: MatchOptions): Promise<MatchResult> {
  const { link = "reflink" } = options;
  if (options.in.length === 0 || !linkWays.includes(link)) throw wrongOptions(options);
  const metainfo = parseTorrent(torrent, { source: "file" });
  const reserved = reservedFile(metainfo.files);
  if (reserved !== undefined) throw reservedName(reserved);
  const directory = resolve(options.directory ?? ".");
  const named = options.in.map((folder) => resolve(folder));
  // A program that does not match loads neither the search nor the pool of hash threads.
  const [{ findData }, { linkFiles }, { similarFolders }] = await Promise.all([
    import("./find-data.ts"),
    import("./link-files.ts"),
    import("./similar-folders.ts"),
  ]);
  const { stateDirectory } = options;
  const similar =
    stateDirectory === undefined || link === "rename"
      ? []
      : await similarFolders(torrent, resolve(stateDirectory));
  const folders = [...new Set([...similar, ...named])];
  const search = { metainfo, folders, ...options, link };
  if (options.dryRun === true)
    return resultOf(metainfo, link, await findData({ ...search, directory }));
  const keepers = new LockKeepers(1);
  const key = keyOf(metainfo.infoHashes);
  const lock = jobLock({ key, directory, makesFolder: true }, keepers);
  try {
    await lock.take();
    const root = await realpath(directory);
    const found = await findData({ ...search, directory: root });
    const files = await linkFiles(found, { ...options, key });
    return resultOf(metainfo, link, { ...found, files });
  } finally {
    await lock.release();
    await keepers.close();
  }
}

function resultOf({ infoHash, name }: Metainfo, link: LinkWay, found: FoundData): MatchResult {
  const { directory, files, isCut, unreadable } = found;
  const shown = files.map(({ candidate, ...file }) =>
    candidate === undefined ? file : { ...file, from: candidate.path },
  );
  return { infoHash, name, directory, link, files: shown, isCut, unreadable };
}

function wrongOptions({ in: folders, link }: MatchOptions): TroupeError {
  const message =
    folders.length === 0
      ? "a folder to look for files in is missing"
      : `link is ${JSON.stringify(link)}; allowed are ${linkWays.join(", ")}`;
  return new TroupeError("option-out-of-range", message);
}

function reservedName(file: string): TroupeError {
  const message = `cannot make the file "${file}": Troupe keeps its own files in "${ownFolder}"`;
  return new TroupeError("job-name-reserved", message);
}
