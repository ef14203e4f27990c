// Whether a torrent has made a file, by its record.

import type { JobRecord } from "@troupe/messages";
import type { FileIdentity } from "../move/move-intent.ts";
import { factWords, isForeign, isPresent } from "../state/file-facts.ts";

/** The parts of a record that tell whether the torrent has made a file. */
export type FileRecord = Pick<JobRecord, "files" | "isOpenForWriting">;

/** Whether a found file is the torrent's. */
export function isOwn(record: FileRecord | undefined, file: number, found: FileIdentity): boolean {
  if (record === undefined || !mayHaveMade(record, file)) return false;
  const inode = record.files[file * factWords + 1];
  return !isPresent(record.files, file) || inode === found.inode;
}

/** Whether the torrent may have made its file. An interrupted run may have made it after its last record. */
export function mayHaveMade(record: FileRecord | undefined, file: number): boolean {
  if (record === undefined || isForeign(record.files, file)) return false;
  return record.isOpenForWriting || isPresent(record.files, file);
}
