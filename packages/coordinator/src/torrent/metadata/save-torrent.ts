// Saves the .torrent of a magnet where its link is saved: in the state folder, by the records, or in the job's own folder.

import { dirname, join } from "node:path";
import { shareBytes, type RecordHome, type StorageRefusal } from "@troupe/messages";
import { keysOf } from "@troupe/protocol/identity";
import { maxTorrentBytes, withPieceLayers } from "@troupe/protocol/metainfo";
import { failEngine } from "../../engine/base/breadcrumb.ts";
import type { Engine } from "../../engine/base/engine-state.ts";
import { callFileWorkerForUser } from "../../engine/base/file-calls.ts";
import { callRecordsForUser } from "../../engine/base/records-calls.ts";
import { isKept } from "../../kept-torrents.ts";
import { jobMagnetFile, jobTorrentFile } from "../../own-folder.ts";
import { torrentsFolder } from "../../state-database.ts";
import { copyName, keyFile } from "../../torrent-copies.ts";
import type { JobWithContent, TorrentJob } from "../torrent-job.ts";

const deadlineMs = 25_000;

/** The download does not wait for it. After a failure the next run starts with the magnet link, which stays. */
export function saveTorrent(engine: Engine, job: TorrentJob, metainfo: SharedArrayBuffer): void {
  const { home, mode } = job.request;
  if (!isKept(mode) || home === undefined || home.kind === "memory") return;
  write(engine, job, home, metainfo)
    .then((answer) => report(job, answer))
    .catch((error: unknown) => failEngine(engine, job, error));
}

/** Saves the .torrent again, with the hash layers that have come from peers. @param source The .torrent without them. */
export function saveLayers(engine: Engine, job: JobWithContent, source: SharedArrayBuffer): void {
  const { home, mode } = job.request;
  if (!isKept(mode) || home === undefined || home.kind === "memory") return;
  const torrent = withPieceLayers(new Uint8Array(source), job.content.metainfo);
  // A longer .torrent would not be read again: the next run fetches the layers.
  if (torrent.length > maxTorrentBytes) return;
  write(engine, job, home, shareBytes(torrent))
    .then((answer) => {
      if ("refused" in answer) warn(job, "its hash layers", answer);
    })
    .catch((error: unknown) => failEngine(engine, job, error));
}

async function write(
  engine: Engine,
  { identity, request: { directory, isFromStranger } }: TorrentJob,
  { kind, path: homePath }: Exclude<RecordHome, { readonly kind: "memory" }>,
  metainfo: SharedArrayBuffer,
): Promise<{} | StorageRefusal> {
  const { key } = identity;
  const folder = dirname(homePath);
  if (kind === "database") {
    const name = copyName({ key, directory, isFromStranger });
    const path = join(folder, torrentsFolder, `${name}.torrent`);
    const others = isFromStranger === true ? [] : keysOf(identity).filter((each) => each !== key);
    const paths = others.map((other) => join(folder, torrentsFolder, keyFile(other)));
    const copy = { path, metainfo, ...(paths.length > 0 && { named: { key, paths } }) };
    return await callRecordsForUser(engine, "save-torrent", copy);
  }
  const [path, linkPath] = [join(folder, jobTorrentFile), join(folder, jobMagnetFile)];
  const message = { path, metainfo, linkPath };
  return await callFileWorkerForUser(engine, directory, "save-torrent", message, deadlineMs);
}

function report(job: TorrentJob, answer: {} | StorageRefusal): void {
  if (!("refused" in answer)) return job.outbox.emit({ event: "torrent-saved" });
  warn(job, "its metadata", answer);
}

function warn(job: TorrentJob, lost: string, { message: why }: StorageRefusal): void {
  const message = `the .torrent of ${job.name} is not saved, and the next run fetches ${lost} again: ${why}`;
  job.outbox.emit({ event: "warning", code: "torrent-not-saved", message });
}
