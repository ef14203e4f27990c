// Detects replaced files: a file keeps its inode, does not shrink and, until we write to it, keeps its modification
// time. A changed file is not read before a new check.

import { LazySet, type FileStat } from "@troupe/actor-runtime";
import type { StorageRefusal } from "@troupe/messages";
import { RareBits } from "../state/rare-bits.ts";
import type { Storage } from "../storage.ts";

/** Interval of comparisons between an open file and the file under its name. */
export const proofLifeMs = 1_000;

/** The identity of each file of a storage; 0 when unknown. Rounded to 53 bits. */
export interface FileIdentities {
  readonly inodes: number[];
  readonly times: number[];
  /** Opened for writing since the first look. */
  readonly written: RareBits;
  /** Nothing is read from changed files. */
  readonly changed: LazySet<number>;
}

/** Unknown identities for this many files. */
export function unknownIdentities(fileCount: number): FileIdentities {
  return {
    // An array takes 180 bytes less than a typed one, and 8 bytes a number as well.
    inodes: Array<number>(fileCount).fill(0),
    times: Array<number>(fileCount).fill(0),
    written: new RareBits(Math.ceil(fileCount / 8)),
    changed: new LazySet(),
  };
}

/** @param isOurs We made it or wrote to it: its time means nothing. */
export function noteIdentity(
  { identities }: Storage,
  file: number,
  found: FileStat,
  isOurs: boolean,
): void {
  identities.inodes[file] = Number(found.inode);
  identities.times[file] = isOurs ? 0 : Number(found.mtimeNs);
}

/** Call it before a write. */
export function noteWriting({ identities }: Storage, file: number): void {
  identities.times[file] = 0;
  identities.written.set(file);
}

/** Marks a file as unknown. */
export function forgetIdentity(storage: Storage, file: number): void {
  const { identities } = storage;
  identities.inodes[file] = 0;
  identities.times[file] = 0;
  identities.written.clear(file);
  identities.changed.delete(file);
  storage.knownBytes[file] = -1;
}

/**
 * @param found The file under the name now.
 * @returns `file-changed`, also kept in {@link Storage.identities}, when another file has the name.
 */
export function detectChange(
  storage: Storage,
  file: number,
  path: string,
  found: FileStat | undefined,
): StorageRefusal | undefined {
  const seen = describeChange(storage, file, found);
  if (seen === undefined) return undefined;
  storage.identities.changed.add(file);
  return changedRefusal(file, path, seen);
}

/** The refusal of a changed file. */
export function changedRefusal(file: number, path: string, seen: string): StorageRefusal {
  return { refused: "file-changed", message: `cannot use "${path}": ${seen}`, path, file };
}

function describeChange(
  { identities, knownBytes, partFile }: Storage,
  file: number,
  found: FileStat | undefined,
): string | undefined {
  const inode = identities.inodes[file] ?? 0;
  if (inode === 0 || partFile?.file === file) return undefined;
  if (found === undefined) return "it was there before and is gone";
  if (found.kind !== "file") return `something that is not a file has its name (${found.kind})`;
  if (Number(found.inode) !== inode) return "another file has its name";
  const known = knownBytes[file] ?? -1;
  if (found.lengthBytes < known) return `it has ${found.lengthBytes} bytes and had ${known} before`;
  const time = identities.times[file] ?? 0;
  if (time !== 0 && Number(found.mtimeNs) !== time) return "somebody has written to it";
  return undefined;
}
