// What the file-worker says of keeping things: files that the system could not write back, records that have no place.

import type { FileProtocol } from "@troupe/messages";
import type { MessageOf } from "@troupe/actor-runtime";
import type { TorrentJob } from "../torrent-job.ts";
import type { Engine } from "../../engine/base/engine-state.ts";
import { emit } from "../../engine/base/event-outbox.ts";
import { failAtFolder } from "../lifecycle/faults.ts";

/** Pieces that were had may be lost: nothing is served or written before the files have been looked at again. */
export function syncFailed(
  _engine: Engine,
  job: TorrentJob,
  { refused, message }: MessageOf<FileProtocol, "sync-failed">,
): void {
  failAtFolder(job, { code: refused, message });
}

/** It runs all the same: the next start hashes what it finds. */
export function recordNotSaved(
  engine: Pick<Engine, "context">,
  job: TorrentJob,
  { message }: MessageOf<FileProtocol, "record-not-saved">,
): void {
  emit(engine, job, { event: "warning", code: "state-not-kept", message });
}
