import type { ApiProtocol, DataRemoved, SettleMove, StorageRefusal } from "@troupe/messages";
import type { MessageOf, ReplyOf } from "@troupe/actor-runtime";
import { openStorageMessage, storedJobOf } from "../torrent/checks/start-check.ts";
import { endReaders } from "../torrent/reading/tend-readers.ts";
import { hasContent, type JobWithContent, type TorrentJob } from "../torrent/torrent-job.ts";
import { bytesOf } from "./totals/save-totals.ts";
import type { Engine } from "./base/engine-state.ts";
import { callFileWorkerForUser } from "./base/file-calls.ts";
import { callRecordsForUser } from "./base/records-calls.ts";

/** Enough for many files on a slow disk. */
const removeDataDeadlineMs = 600_000;
/** A week: a copy to another volume takes as long as its bytes do, and the mover itself notices a disk that hangs. */
const moveDeadlineMs = 600_000_000;
const forgetDeadlineMs = 5_000;

/**
 * Stops and removes a torrent. @param isRecordRemoved False keeps its record: another program may be running the same
 * job.
 */
export async function removeTorrent(
  engine: Engine,
  job: TorrentJob,
  { isRecordRemoved, isDataRemoved = false }: MessageOf<ApiProtocol, "remove-torrent">,
): Promise<ReplyOf<ApiProtocol, "remove-torrent">> {
  // A start meanwhile would restart what is being removed.
  while (job.state !== "stopped") await job.life.close();
  // A worker that closes late may never answer these dials; they would count against all torrents.
  for (const peerWorker of engine.peerWorkers) peerWorker.dials.forget(job.id);
  job.directory.close();
  endReaders(engine, job);
  engine.torrents.delete(job.id);
  engine.totals.torrentRemoved(bytesOf(job));
  if (hasContent(job)) engine.metrics.torrentRemoved(job.content.traffic);
  engine.awake.delete(job);
  engine.rates.forget(job.id);
  // The record tells which files of a shared folder are the torrent's.
  const data = isDataRemoved && hasContent(job) ? await removeFiles(engine, job) : undefined;
  if (isRecordRemoved) await forgetRecord(engine, job);
  return data === undefined ? {} : { data };
}

async function removeFiles(
  engine: Engine,
  job: JobWithContent,
): Promise<DataRemoved | StorageRefusal> {
  const { directory, modules } = job.request;
  if (modules?.store !== undefined) return { removed: 0, left: [keepsData(job, "remove")] };
  const message = openStorageMessage(job);
  const deadlineMs = removeDataDeadlineMs;
  return await callFileWorkerForUser(engine, directory, "remove-data", message, deadlineMs);
}

/** Moves a stopped torrent with its record, so that had pieces stay trusted. */
export async function moveTorrent(
  engine: Engine,
  job: TorrentJob,
  { directory }: MessageOf<ApiProtocol, "move-torrent">,
): Promise<ReplyOf<ApiProtocol, "move-torrent">> {
  if (job.state !== "stopped") {
    return { refused: "still-open", message: `cannot move a torrent that is ${job.state}` };
  }
  if (!hasContent(job)) {
    job.request = { ...job.request, directory };
    return { directory, hasMoved: false };
  }
  const { directory: from, modules } = job.request;
  if (modules?.store !== undefined) return keepsData(job, "move");
  const message = { ...moveMessageOf(job), to: directory };
  const answer = await callFileWorkerForUser(engine, from, "move-data", message, moveDeadlineMs);
  if (!("refused" in answer)) job.request = { ...job.request, directory };
  return answer;
}

function keepsData({ name, request }: TorrentJob, task: string): StorageRefusal {
  const message = `cannot ${task} the data of ${name}: the store ${request.modules?.store} has it`;
  return { refused: "store-keeps-data", message };
}

/** Finds a move that an earlier run has not finished. */
export async function findMove(
  engine: Pick<Engine, "context" | "records">,
  { identity, request: { home } }: TorrentJob,
): Promise<ReplyOf<ApiProtocol, "find-move">> {
  if (home?.kind !== "database") return {};
  return await callRecordsForUser(engine, "find-move", { database: home.path, key: identity.key });
}

/** Finishes or undoes such a move. */
export async function settleMove(
  engine: Engine,
  job: TorrentJob,
): Promise<ReplyOf<ApiProtocol, "settle-move">> {
  const from = job.request.directory;
  if (!hasContent(job)) return { directory: from, hasMoved: false };
  const message = moveMessageOf(job);
  const answer = await callFileWorkerForUser(engine, from, "settle-move", message, moveDeadlineMs);
  if (!("refused" in answer) && answer.hasMoved) {
    job.request = { ...job.request, directory: answer.directory };
  }
  return answer;
}

/** The record now names the folder that the files are in. */
export async function endMove(
  engine: Pick<Engine, "context" | "records">,
  { identity, request: { home } }: TorrentJob,
): Promise<{} | StorageRefusal> {
  if (home?.kind !== "database") return {};
  return await callRecordsForUser(engine, "end-move", { database: home.path, key: identity.key });
}

function moveMessageOf(job: JobWithContent): SettleMove {
  const { home = { kind: "memory" } } = job.request;
  return { ...openStorageMessage(job), key: job.identity.key, home };
}

/** A record that cannot be removed is only listed; it is not trusted once files change. */
async function forgetRecord(engine: Engine, job: TorrentJob): Promise<void> {
  const stored = storedJobOf(job);
  if (stored === undefined) return;
  const { key, home } = stored;
  const { directory } = job.request;
  const message = { key, home, directory };
  const deadlineMs = forgetDeadlineMs;
  const answer = await callFileWorkerForUser(
    engine,
    directory,
    "remove-record",
    message,
    deadlineMs,
  );
  if ("refused" in answer) engine.context.log("warn", "record-not-forgotten", { ...answer });
}
