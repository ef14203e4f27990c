import {
  packFiles,
  type AddTorrent,
  type CallRefusal,
  type EngineProtocol,
  type SettleMove,
  type StorageRefusal,
  type TorrentId,
  type TorrentInfo,
} from "@troupe/messages";
import type { MessageOf, ReplyOf } from "@troupe/actor-runtime";
import { makePeerId, parseTorrent, ProtocolError, type Metainfo } from "@troupe/protocol";
import { highestPriority, isPriorityList } from "../file-priorities.ts";
import { ownFolder, reservedFile } from "../own-folder.ts";
import { openStorageMessage, storedJobOf } from "../torrent/checks/start-check.ts";
import { carryOut } from "../torrent/lifecycle/effects.ts";
import { sharedInfo } from "../torrent/torrent-content.ts";
import { hasContent, TorrentJob, type JobWithContent } from "../torrent/torrent-job.ts";
import type { Engine } from "./base/engine-state.ts";
import { callFileWorkerForUser } from "./base/file-calls.ts";
import { callRecordsForUser } from "./base/records-calls.ts";

/** Enough for many files on a slow disk. */
const removeDataDeadlineMs = 600_000;
/** A week: a copy to another volume takes as long as its bytes do, and the mover itself notices a disk that hangs. */
const moveDeadlineMs = 600_000_000;
const forgetDeadlineMs = 5_000;

const refusedMagnet = {
  refused: "source-not-supported",
  message: "cannot add a magnet: this release cannot fetch metadata from peers",
} as const;

/** A torrent has its metadata from its start. */
export function acceptMetadata(): Required<CallRefusal> {
  return refusedMagnet;
}

/** The only gate from metainfo to a torrent, which is added stopped. @returns its contents, or why it is refused. */
export function addTorrent(
  engine: Engine,
  { metainfo: bytes, ...request }: AddTorrent,
): ReplyOf<EngineProtocol, "add-torrent"> {
  const { infoHash } = request;
  if (bytes === undefined) return refusedMagnet;
  let metainfo: Metainfo;
  try {
    metainfo = parseTorrent(bytes, { source: request.source ?? "file" });
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    if (infoHash !== undefined) return damagedSavedTorrent(infoHash, error.message);
    return { refused: error.code, message: error.message };
  }
  if (infoHash !== undefined && infoHash !== metainfo.infoHash) {
    return damagedSavedTorrent(infoHash, `it is of ${metainfo.infoHash} (${metainfo.name})`);
  }
  for (const other of engine.torrents.values()) {
    if (other.infoHash !== metainfo.infoHash) continue;
    return {
      refused: "torrent-exists",
      message: `this torrent was added before: ${metainfo.infoHash} (${metainfo.name})`,
    };
  }
  const reserved = reservedFile(metainfo.files);
  if (reserved !== undefined) {
    return {
      refused: "job-name-reserved",
      message: `cannot add a torrent with the file "${reserved}": Troupe keeps its own files in "${ownFolder}"`,
    };
  }
  const { priorities } = request;
  if (priorities !== undefined && !isPriorityList(priorities, metainfo.files.length)) {
    return {
      refused: "option-out-of-range",
      message: `cannot use these ${priorities.length} priorities: ${metainfo.files.length} whole numbers from 0 to ${highestPriority} are needed, one a file`,
    };
  }
  const { random } = engine.context;
  const { start, end } = metainfo.infoSpan;
  const info = sharedInfo(metainfo, bytes.subarray(start, end));
  const id = engine.counters.nextTorrent++ as TorrentId;
  const job = new TorrentJob(
    {
      id,
      infoHash: metainfo.infoHash,
      trackers: metainfo.trackers,
      request,
      peerId: makePeerId(random.bytes(12)),
    },
    { metainfo, info },
    engine,
    (job, effect) => carryOut(engine, job, effect),
  );
  engine.torrents.set(id, job);
  return infoOf(job, metainfo);
}

function infoOf(job: TorrentJob, metainfo: Metainfo): TorrentInfo {
  const { infoHash, name, geometry, files, trackers, isPrivate, warnings } = metainfo;
  return {
    torrent: job.id,
    infoHash,
    hasMetadata: true,
    name,
    lengthBytes: geometry.totalBytes,
    pieceLengthBytes: geometry.pieceLengthBytes,
    pieces: geometry.pieceCount,
    files: packFiles(files),
    trackers,
    isPrivate,
    warnings: [...warnings, ...job.limits.warnings(job.request.maxPeers)],
  };
}

function damagedSavedTorrent(infoHash: string, why: string): StorageRefusal {
  return {
    refused: "torrent-copy-lost",
    message: `the .torrent file that was kept of ${infoHash} is damaged: ${why}; add the torrent again`,
  };
}

/**
 * Stops and removes a torrent. @param isRecordRemoved False keeps its record: another program may be running the same
 * job.
 */
export async function removeTorrent(
  engine: Engine,
  job: TorrentJob,
  { isRecordRemoved, isDataRemoved = false }: MessageOf<EngineProtocol, "remove-torrent">,
): Promise<ReplyOf<EngineProtocol, "remove-torrent">> {
  // A start meanwhile would restart what is being removed.
  while (job.state !== "stopped") await job.life.close();
  // A worker that closes late may never answer these dials; they would count against all torrents.
  for (const peerWorker of engine.peerWorkers) peerWorker.dials.forget(job.id);
  job.directory.close();
  engine.torrents.delete(job.id);
  if (isRecordRemoved) await forgetRecord(engine, job);
  if (!isDataRemoved || !hasContent(job)) return {};
  const { directory } = job.request;
  const message = openStorageMessage(job);
  const deadlineMs = removeDataDeadlineMs;
  return {
    data: await callFileWorkerForUser(engine, directory, "remove-data", message, deadlineMs),
  };
}

/** Moves a stopped torrent with its record, so that had pieces stay trusted. */
export async function moveTorrent(
  engine: Engine,
  job: JobWithContent,
  { directory }: MessageOf<EngineProtocol, "move-torrent">,
): Promise<ReplyOf<EngineProtocol, "move-torrent">> {
  if (job.state !== "stopped") {
    return { refused: "still-open", message: `cannot move a torrent that is ${job.state}` };
  }
  const from = job.request.directory;
  const message = { ...moveMessageOf(job), to: directory };
  const answer = await callFileWorkerForUser(engine, from, "move-data", message, moveDeadlineMs);
  if (!("refused" in answer)) job.request = { ...job.request, directory };
  return answer;
}

/** Finds a move that an earlier run has not finished. */
export async function findMove(
  engine: Pick<Engine, "context" | "records">,
  { infoHash, request: { home } }: TorrentJob,
): Promise<ReplyOf<EngineProtocol, "find-move">> {
  if (home?.kind !== "database") return {};
  return await callRecordsForUser(engine, "find-move", { database: home.path, infoHash });
}

/** Finishes or undoes such a move. */
export async function settleMove(
  engine: Engine,
  job: JobWithContent,
): Promise<ReplyOf<EngineProtocol, "settle-move">> {
  const from = job.request.directory;
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
  { infoHash, request: { home } }: TorrentJob,
): Promise<{} | StorageRefusal> {
  if (home?.kind !== "database") return {};
  return await callRecordsForUser(engine, "end-move", { database: home.path, infoHash });
}

function moveMessageOf(job: JobWithContent): SettleMove {
  const { home = { kind: "memory" } } = job.request;
  return { ...openStorageMessage(job), infoHash: job.infoHash, home };
}

/** A record that cannot be removed is only listed; it is not trusted once files change. */
async function forgetRecord(engine: Engine, job: TorrentJob): Promise<void> {
  const stored = storedJobOf(job);
  if (stored === undefined) return;
  const { infoHash, home } = stored;
  const { directory } = job.request;
  const message = { infoHash, home, directory };
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
