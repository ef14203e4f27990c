// Saves the .torrent of a magnet where its link is saved: in the state folder, by the records, or in the job's own folder.

import { dirname, join } from "node:path";
import type { RecordHome, StorageRefusal } from "@troupe/messages";
import { failEngine } from "../../engine/base/breadcrumb.ts";
import type { Engine } from "../../engine/base/engine-state.ts";
import { callFileWorkerForUser } from "../../engine/base/file-calls.ts";
import { callRecordsForUser } from "../../engine/base/records-calls.ts";
import { isKept } from "../../kept-torrents.ts";
import { jobMagnetFile, jobTorrentFile } from "../../own-folder.ts";
import { torrentsFolder } from "../../state-database.ts";
import { copyName } from "../../torrent-copies.ts";
import type { TorrentJob } from "../torrent-job.ts";

const deadlineMs = 25_000;

/** The download does not wait for it. After a failure the next run starts with the magnet link, which stays. */
export function saveTorrent(engine: Engine, job: TorrentJob, metainfo: SharedArrayBuffer): void {
  const { home, mode } = job.request;
  if (!isKept(mode) || home === undefined || home.kind === "memory") return;
  write(engine, job, home, metainfo)
    .then((answer) => report(job, answer))
    .catch((error: unknown) => failEngine(engine, job, error));
}

async function write(
  engine: Engine,
  { identity: { key }, request: { directory, isFromStranger } }: TorrentJob,
  { kind, path: homePath }: Exclude<RecordHome, { readonly kind: "memory" }>,
  metainfo: SharedArrayBuffer,
): Promise<{} | StorageRefusal> {
  const folder = dirname(homePath);
  if (kind === "database") {
    const name = copyName({ key, directory, isFromStranger });
    const path = join(folder, torrentsFolder, `${name}.torrent`);
    return await callRecordsForUser(engine, "save-torrent", { path, metainfo });
  }
  const [path, linkPath] = [join(folder, jobTorrentFile), join(folder, jobMagnetFile)];
  const message = { path, metainfo, linkPath };
  return await callFileWorkerForUser(engine, directory, "save-torrent", message, deadlineMs);
}

function report(job: TorrentJob, answer: {} | StorageRefusal): void {
  if (!("refused" in answer)) return job.outbox.emit({ event: "torrent-saved" });
  const message = `the .torrent of ${job.name} is not saved, and the next run fetches its metadata again: ${answer.message}`;
  job.outbox.emit({ event: "warning", code: "torrent-not-saved", message });
}
