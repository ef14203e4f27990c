// A disk that says no is expected: it becomes data for the coordinator. Everything else is a bug and stays thrown.

import { codeOf, systemSentence } from "@troupe/actor-runtime";
import type { StorageRefusal, TorrentId } from "@troupe/messages";

/** Codes of ours for what the system says in several ways. */
const codeOfSystemCode: Readonly<Record<string, string>> = {
  ENOSPC: "disk-full",
  EDQUOT: "disk-full",
  EISDIR: "not-a-file",
  EFTYPE: "not-a-file",
  ELOOP: "not-a-file",
  ENXIO: "not-a-file",
};

/** @returns `ENOENT`, `EACCES` … of an error of the system; undefined for any other value, Node's own `ERR_…` too. */
export function systemCode(error: unknown): string | undefined {
  const code = codeOf(error);
  return code !== undefined && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

/**
 * @param error What a disk call threw.
 * @param task What could not be done, as a verb and its object without the path: `open`, `write 16384 bytes to`.
 * @returns The refusal that says so.
 * @throws `error` itself when it is not the system's: that is a bug, and ends the actor.
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

/** Tells a refusal from what a function gives when all is well. */
export function isRefusal(result: unknown): result is StorageRefusal {
  return typeof result === "object" && result !== null && "refused" in result;
}

/** @returns The refusal for a torrent that has not been opened, or is being closed. */
export function unknownTorrent(torrent: TorrentId): StorageRefusal {
  return {
    refused: "unknown-torrent",
    message: `cannot use the files of torrent ${torrent}: they are not open`,
  };
}
