// The faults of a torrent, and which of them end without a start by the user.

import { asFault, codeOf } from "@troupe/actor-runtime";
import type { TorrentFault } from "@troupe/messages";
import { spellBytes } from "@troupe/protocol";
import { silentDiskCode } from "../../troupe-error.ts";
import type { TorrentJob } from "../torrent-job.ts";

/** What somebody can mend without us: the disk is asked until it is. */
const passingCodes: ReadonlySet<string> = new Set([
  "disk-full",
  silentDiskCode,
  "EACCES",
  "EPERM",
  "EROFS",
  "ENOENT",
  "ENOTDIR",
  "ENODEV",
  "ENOTCONN",
  "ESTALE",
  "not-a-file",
  "path-outside-root",
  "file-too-long",
  "file-linked",
]);

/** Whether somebody can mend what this refusal says. */
export function isPassing(refused: string): boolean {
  return passingCodes.has(refused);
}

/** The folder of a torrent, or one of its files, is refused: the torrent fails, and starts by itself when that is mended. */
export function failAtFolder({ life, request }: TorrentJob, fault: TorrentFault): void {
  // Who only looks has seen it.
  const isWatched = request.mode !== "check-only" && isPassing(fault.code);
  life.dispatch({ event: "folder-refused", fault, isWatched });
}

/** What was to be looked at on the disk could not be. */
export function failAtCheck(job: TorrentJob, error: unknown): void {
  const code = codeOf(error);
  if (code === "check-late") return failAtFolder(job, hangingReadsFault(job));
  const isPoison = code === "check-failed";
  const poison = "check threads ended twice at the same piece of it";
  job.life.fail(isPoison ? quarantineFault(job, poison) : asFault(error));
}

/** The error of a torrent that is only to be seeded and is not whole. */
export function incomplete({ ledger: { leftBytes }, metainfo, request }: TorrentJob): TorrentFault {
  const { totalBytes } = metainfo.geometry;
  return {
    code: "incomplete",
    message: `cannot seed ${metainfo.name}: ${spellBytes(leftBytes)} of ${spellBytes(totalBytes)} are missing or damaged in "${request.directory}"`,
  };
}

/**
 * The error of a torrent at which threads died. Nothing tries it again but its user.
 * @param why As a part of a sentence.
 */
export function quarantineFault({ metainfo }: TorrentJob, why: string): TorrentFault {
  const message = `${metainfo.name} is set aside: ${why}. Start it again to try once more`;
  return { code: "quarantined", message };
}

/** The error of a torrent whose files were to be hashed by threads that do not return from reading them. */
function hangingReadsFault({ request }: TorrentJob): TorrentFault {
  const message = `cannot read "${request.directory}": the disk does not return from a call; the torrent goes on when it does`;
  return { code: silentDiskCode, message };
}
