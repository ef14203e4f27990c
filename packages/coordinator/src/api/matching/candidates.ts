// Files on the disk that may be files of a torrent: regular files of a length that the torrent has, below given folders. No
// link is followed, so a walk ends.

import type { BigIntStats, Dirent } from "node:fs";
import { lstat, opendir } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, systemSentence } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import { ownFolder } from "@troupe/messages";

/** Folders below a given folder; deeper ones are left out, and the result says so. */
const mostDepth = 64;
/** Entries that are looked at; the walk ends there, and the result says so. */
const mostEntries = 10_000_000;
/** Files of a fitting length; the walk ends there, and the result says so. Some 100 MB of memory. */
const mostCandidates = 200_000;
/** Folders that cannot be read and are named; further ones are counted. */
const mostNamed = 16;
/** Calls on files at once. */
const filesAtOnce = 32;

/** A file that may be a file of the torrent. */
export interface Candidate {
  /** Below the given folder, as written there. */
  readonly path: string;
  readonly lengthBytes: number;
  readonly facts: FileFacts;
}

/** Tells a file from another, and its content from a later one. */
export type FileFacts = Pick<BigIntStats, "dev" | "ino" | "size" | "mtimeNs">;

/** @returns A text that two names of a file have in common. */
export function fileIdentity({ dev, ino }: Pick<FileFacts, "dev" | "ino">): string {
  return `${dev}:${ino}`;
}

/** The files that were found. */
export interface Candidates {
  readonly byLength: ReadonlyMap<number, readonly Candidate[]>;
  /** Entries of folders. */
  readonly seen: number;
  /** A bound was reached: files may have been left out. */
  readonly isCut: boolean;
  /** Sentences on folders that cannot be read. */
  readonly unreadable: readonly string[];
}

/** The wish of a walk. */
interface Walk {
  readonly lengths: ReadonlySet<number>;
  /** Files that are no candidates, by {@link fileIdentity}. */
  readonly leftOut: Iterable<string>;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (seen: number) => void;
}

/**
 * Looks for files. Several names of a file count once.
 *
 * @param folders Absolute. A folder of these that cannot be read is an error, unlike the folders below it.
 * @throws rejects with TroupeError `folder-unreadable`, or with the reason of the signal.
 */
export async function findCandidates(folders: readonly string[], walk: Walk): Promise<Candidates> {
  const state = new WalkState(walk);
  for (const folder of folders) await walkFolder(state, folder, 0);
  for (const list of state.byLength.values())
    list.sort((one, other) => (one.path < other.path ? -1 : 1));
  return state;
}

class WalkState implements Candidates {
  readonly byLength = new Map<number, Candidate[]>();
  readonly unreadable: string[] = [];
  readonly walk: Walk;
  readonly #known: Set<string>;
  seen = 0;
  isCut = false;
  #found = 0;

  constructor(walk: Walk) {
    this.walk = walk;
    this.#known = new Set(walk.leftOut);
  }

  get isFull(): boolean {
    return this.seen >= mostEntries || this.#found >= mostCandidates;
  }

  add(path: string, facts: BigIntStats): void {
    const lengthBytes = Number(facts.size);
    if (!facts.isFile() || !this.walk.lengths.has(lengthBytes)) return;
    const identity = fileIdentity(facts);
    if (this.#known.has(identity)) return;
    this.#known.add(identity);
    this.#found += 1;
    const { dev, ino, size, mtimeNs } = facts;
    const candidate = { path, lengthBytes, facts: { dev, ino, size, mtimeNs } };
    const list = this.byLength.get(lengthBytes);
    if (list === undefined) this.byLength.set(lengthBytes, [candidate]);
    else list.push(candidate);
  }
}

async function walkFolder(state: WalkState, folder: string, depth: number): Promise<void> {
  const { onProgress, signal } = state.walk;
  const folders: string[] = [];
  let files: string[] = [];
  const look = async (): Promise<void> => {
    const looked = files;
    files = [];
    await Promise.all(looked.map((path) => lookAt(state, path)));
  };
  try {
    for await (const entry of await opendir(folder)) {
      signal?.throwIfAborted();
      if (state.isFull) {
        state.isCut = true;
        break;
      }
      state.seen += 1;
      if (isOwnFolder(entry)) continue;
      if (entry.isDirectory()) folders.push(join(folder, entry.name));
      else if (entry.isFile()) files.push(join(folder, entry.name));
      if (files.length >= filesAtOnce) await look();
    }
    await look();
  } catch (error) {
    refuseFolder(state, folder, depth, error);
  }
  onProgress(state.seen);
  if (folders.length > 0 && depth >= mostDepth) state.isCut = true;
  else for (const below of folders) await walkFolder(state, below, depth + 1);
}

/** The files there are Troupe's own. */
function isOwnFolder(entry: Dirent): boolean {
  return entry.name === ownFolder && entry.isDirectory();
}

async function lookAt(state: WalkState, path: string): Promise<void> {
  try {
    state.add(path, await lstat(path, { bigint: true }));
  } catch (error) {
    // The file is gone, or cannot be used.
    if (codeOf(error) === undefined) throw error;
  }
}

/** @throws the error, unless it is the system's on a folder below a given one. */
function refuseFolder(state: WalkState, folder: string, depth: number, error: unknown): void {
  state.walk.signal?.throwIfAborted();
  if (codeOf(error) === undefined) throw error;
  const why = `cannot read the folder "${folder}": ${systemSentence(error)}`;
  if (depth === 0) throw new TroupeError("folder-unreadable", why, { cause: error });
  if (state.unreadable.length < mostNamed) state.unreadable.push(why);
}
