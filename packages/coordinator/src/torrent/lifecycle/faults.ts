import { asFault, codeOf } from "@troupe/actor-runtime";
import type { TorrentFault } from "@troupe/messages";
import { spellBytes } from "@troupe/protocol/text";
import { silentDiskCode } from "../../silent-disk.ts";
import type { JobWithContent, TorrentJob } from "../torrent-job.ts";

/** Refusals that the user or the system can mend: the disk is tried until then. */
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

/** Whether the refusal can end without a start by the user. */
export function isPassing(refused: string): boolean {
  return passingCodes.has(refused);
}

/**
 * Fails a torrent whose folder, or a file in it, was refused. If the cause can pass, the torrent restarts by itself.
 */
export function failAtFolder({ life, request }: TorrentJob, fault: TorrentFault): void {
  const isWatched = request.mode !== "check-only" && isPassing(fault.code);
  life.dispatch({ event: "folder-refused", fault, isWatched });
}

/** Fails a torrent whose pieces could not be hashed. */
export function failAtCheck(job: TorrentJob, error: unknown): void {
  const code = codeOf(error);
  if (code === "check-late") return failAtFolder(job, hangingReadsFault(job));
  const isPoison = code === "check-failed";
  const poison = "check threads crashed twice at the same piece";
  job.life.fail(isPoison ? quarantineFault(job, poison) : asFault(error));
}

/** The fault of an incomplete seed-only torrent. */
export function incomplete({ content, name, request }: JobWithContent): TorrentFault {
  const { leftBytes, dataBytes } = content.ledger;
  return {
    code: "incomplete",
    message: `cannot seed ${name}: ${spellBytes(leftBytes)} of ${spellBytes(dataBytes.totalBytes)} are missing or damaged in "${request.directory}"`,
  };
}

/** The fault of a torrent at which threads crashed. @param why A part of a sentence. */
export function quarantineFault({ name }: TorrentJob, why: string): TorrentFault {
  const message = `${name} is quarantined: ${why}. Start it again to retry`;
  return { code: "quarantined", message };
}

/** The fault of a torrent whose picker or choker failed. @param task A part of a sentence. */
export function strategyFailed({ name }: TorrentJob, task: string, why: string): TorrentFault {
  return { code: "strategy-failed", message: `cannot ${task} of ${name}: ${why}` };
}

function hangingReadsFault({ request }: TorrentJob): TorrentFault {
  const message = `cannot read "${request.directory}": the disk does not return from a call; the torrent continues when it does`;
  return { code: silentDiskCode, message };
}
