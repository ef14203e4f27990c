// Whether a file is still the one that it was: same inode, not shorter and, as long as we have not written to it, of the
// same time. What is seen to have changed is not read before somebody has looked at it again.

import type { FileStat } from "@troupe/actor-runtime";
import type { StorageRefusal } from "@troupe/messages";
import type { Storage } from "../storage.ts";

/** A file that is open is compared with what has its name now, at most this often. */
export const proofLifeMs = 1_000;

/** How each file of a storage looked; 0 where nothing is known. Rounded to 53 bits. */
export interface FileIdentities {
  readonly inodes: Float64Array;
  readonly times: Float64Array;
  /** 1: opened for writing since it was first looked at. */
  readonly written: Uint8Array;
  /** Files seen to have changed: nothing is read from them. */
  readonly changed: Set<number>;
}

/** Nothing is known of any of so many files. */
export function unknownIdentities(fileCount: number): FileIdentities {
  return {
    inodes: new Float64Array(fileCount),
    times: new Float64Array(fileCount),
    written: new Uint8Array(fileCount),
    changed: new Set(),
  };
}

/** Notes how a file looks. @param isOurs We have just made it, or written to it: its time says nothing. */
export function noteIdentity(
  { identities }: Storage,
  file: number,
  found: FileStat,
  isOurs: boolean,
): void {
  identities.inodes[file] = Number(found.inode);
  identities.times[file] = isOurs ? 0 : Number(found.mtimeNs);
}

/** We are about to write to it. */
export function noteWriting({ identities }: Storage, file: number): void {
  identities.times[file] = 0;
  identities.written[file] = 1;
}

/** Nothing is known of the file any more. */
export function forgetIdentity(storage: Storage, file: number): void {
  const { identities } = storage;
  identities.inodes[file] = 0;
  identities.times[file] = 0;
  identities.written[file] = 0;
  identities.changed.delete(file);
  storage.knownBytes[file] = -1;
}

/**
 * @param found What has the file's name now.
 * @returns `file-changed` when it is not the file that was looked at before; from then on {@link Storage.identities} says so.
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

/** The refusal of a file that is not as it was. */
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
