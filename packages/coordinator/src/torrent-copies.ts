// Names of the plain files in the state folder by which a torrent is brought back.

import { sha1 } from "@troupe/protocol/bytes";
import type { TorrentKey } from "@troupe/protocol/identity";

/** The torrent of a copy: all jobs of a torrent share one, and a job that a caller elsewhere has added has its own. */
export interface SavedCopy {
  readonly key: TorrentKey;
  readonly directory: string;
  readonly isFromStranger?: true | undefined;
}

/** `<key>-<12 digits of the data folder's name hashed>`: the name of a job's own files, without their ending. */
export function jobName({ key, directory }: Pick<SavedCopy, "directory" | "key">): string {
  return `${key}-${Buffer.from(sha1(Buffer.from(directory))).toString("hex", 0, 6)}`;
}

/** A file that names the key of a torrent; its own name is another hash of the torrent. */
export function keyFile(hash: string): string {
  return `${hash}.key`;
}

/** The name of a copy, without its ending. */
export function copyName({ isFromStranger, ...job }: SavedCopy): string {
  return isFromStranger === true ? jobName(job) : job.key;
}
