// A refusal of the disk is data for the engine. Any other error is a bug and stays thrown.

import { codeOf, systemSentence } from "@troupe/actor-runtime";
import type { StorageRefusal, TorrentId } from "@troupe/messages";

/** The reply of a call, or why the disk refused it. */
export type Answer<Reply = {}> = Promise<Reply | StorageRefusal>;

/** For conditions with several system codes. */
const codeOfSystemCode: Readonly<Record<string, string>> = {
  ENOSPC: "disk-full",
  EDQUOT: "disk-full",
  EISDIR: "not-a-file",
  EFTYPE: "not-a-file",
  ELOOP: "not-a-file",
  ENXIO: "not-a-file",
};

/** @returns `ENOENT`, `EACCES` …; undefined for other values, also Node's `ERR_…`. */
export function systemCode(error: unknown): string | undefined {
  const code = codeOf(error);
  return code !== undefined && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

/**
 * @param error Thrown by a disk call.
 * @param task Verb and object without the path: `open`, `write 16384 bytes to`.
 * @throws `error` itself when it is not the system's: a bug.
 */
export function refusalFrom(error: unknown, task: string, path: string): StorageRefusal {
  const code = systemCode(error);
  if (code === undefined) throw error;
  return {
    refused: codeOfSystemCode[code] ?? code,
    message: `cannot ${task} "${path}": ${systemSentence(error)}`,
    path,
  };
}

/** Whether a result is a refusal. Bytes are checked first: V8 looks up a name in them slowly. */
export function isRefusal(result: unknown): result is StorageRefusal {
  return (
    typeof result === "object" &&
    result !== null &&
    !ArrayBuffer.isView(result) &&
    "refused" in result
  );
}

/** @returns The refusal for a torrent that is closing or not open. */
export function unknownTorrent(torrent: TorrentId): StorageRefusal {
  return {
    refused: "unknown-torrent",
    message: `cannot use the files of torrent ${torrent}: they are not open`,
  };
}
