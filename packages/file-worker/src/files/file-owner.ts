// Whether a torrent has made a file, by its record.

import type { JobRecord, RemoveData } from "@troupe/messages";
import type { FileIdentity } from "../move/move-intent.ts";
import { factWords, isForeign, isPresent } from "../state/file-facts.ts";

/** The parts of a record that tell it. */
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
  const inode = record.files[file * factWords + 1];
  return !isPresent(record.files, file) || inode === found.inode;
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
