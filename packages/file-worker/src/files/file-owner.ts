// Whether a torrent has made a file, by its record.

import type { FileStat } from "@troupe/actor-runtime";
import type { JobRecord, RemoveData } from "@troupe/messages";
import type { FileIdentity } from "../move/move-intent.ts";
import { factWords, isFileOf, isForeign, isPresent } from "../state/file-facts.ts";

/** The parts of a record that tell whether the torrent has made a file. */
export type FileRecord = Pick<JobRecord, "files" | "isOpenForWriting">;

/** A file at a path of a torrent, which gives it this length. */
interface FoundFile {
  readonly file: number;
  readonly lengthBytes: number | undefined;
  readonly found: FileIdentity;
}

/** Whether a found file is the torrent's. */
export function isOwn(record: FileRecord | undefined, file: number, found: FileIdentity): boolean {
  if (record === undefined || !mayHaveMade(record, file)) return false;
  return !isPresent(record.files, file) || isFileOf(record.files, file, found);
}

/** Whether a found file is the torrent's to move or remove: all are, unless its folder is shared. */
export function isToTake(
  { isShared = false, ownsEmptyFiles = false }: Pick<RemoveData, "isShared" | "ownsEmptyFiles">,
  record: FileRecord | undefined,
  { file, lengthBytes, found }: FoundFile,
): boolean {
  // A record knows nothing of files without bytes.
  if (!isShared || (ownsEmptyFiles && lengthBytes === 0)) return true;
  return isOwn(record, file, found);
}

/** Whether the torrent may have made its file. An interrupted run may have made it after its last record. */
export function mayHaveMade(record: FileRecord | undefined, file: number): boolean {
  if (record === undefined || isForeign(record.files, file)) return false;
  return record.isOpenForWriting || isPresent(record.files, file);
}

/** The inodes of the files in a record, which a start looks up for each file that is not in it. */
const inodesOf = new WeakMap<BigUint64Array, ReadonlySet<bigint>>();

type Found = Pick<FileStat, "inode" | "kind" | "lengthBytes" | "mtimeNs">;

/** Whether a record shows that this is the file. */
export function isRecorded({ files }: FileRecord, file: number, found: Found): boolean {
  return found.kind === "file" && isPresent(files, file) && isFileOf(files, file, found);
}

/** Whether a record shows that this is not the file: the file has another inode, or another file has this one. */
export function isAnother(record: FileRecord | undefined, file: number, found: Found): boolean {
  if (record === undefined) return false;
  const { files } = record;
  if (isPresent(files, file)) return !isRecorded(record, file, found);
  let inodes = inodesOf.get(files);
  if (inodes === undefined) {
    inodes = new Set(files.filter((inode, word) => word % factWords === 1 && inode > 1n));
    inodesOf.set(files, inodes);
  }
  return inodes.has(found.inode);
}
