import type { FileProtocol } from "@troupe/messages";
import type { MessageOf } from "@troupe/actor-runtime";
import type { TorrentJob } from "../torrent-job.ts";
import { failAtFolder } from "../lifecycle/faults.ts";

/** Had pieces may be lost: the torrent fails, and its next start checks the files. */
export function syncFailed(
  _engine: unknown,
  job: TorrentJob,
  { refused, message }: MessageOf<FileProtocol, "sync-failed">,
): void {
  failAtFolder(job, { code: refused, message });
}

/** The torrent runs without a record; the next start hashes its files. */
export function recordNotSaved(
  _engine: unknown,
  job: TorrentJob,
  { message }: MessageOf<FileProtocol, "record-not-saved">,
): void {
  job.outbox.emit({ event: "warning", code: "state-not-kept", message });
}
