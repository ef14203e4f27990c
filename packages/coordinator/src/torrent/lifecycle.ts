// The states of one torrent and the ways between them:
//
//   stopped → starting → checking → active ⇄ paused → stopping → stopped
//                 └─────────┴──────────┴───────┴──→ error
//
// paused: connections stand and are accepted, nothing is requested or served.
// stopped: `stopped` announced, connections closed, incoming ones refused, files closed.

import type { TorrentFault } from "@troupe/messages";
import { spellBytes } from "@troupe/protocol";
import type { Engine } from "../engine/engine-state.ts";
import { failEngine } from "../engine/breadcrumb.ts";
import { faultOf } from "../troupe-error.ts";
import { callFileWorker } from "../engine/file-calls.ts";
import type { PeerWorkerHandle } from "../engine/peer-worker-handle.ts";
import { makeAnnouncer } from "./torrent-announcer.ts";
import { findDisk, hangingReadsFault } from "./torrent-disk.ts";
import { checkFound, prepareToWrite, settleWanted } from "./start-check.ts";
import { flush, emit } from "./event-outbox.ts";
import { recordFactsOf, updateKnownPeers } from "./record-updates.ts";
import { awaitFolder } from "./folder-retry.ts";
import { dialMore } from "./dial-schedule.ts";
import { leftBytesWithoutSuspects } from "./suspect-pieces.ts";
import { giveUpHeld, tryNow } from "./write-retry.ts";
import { addUserPeer } from "./user-peers.ts";
import { setState } from "./state.ts";
import { progressOf, resetRates } from "./status.ts";
import type { TorrentJob } from "./torrent-job.ts";

/** All of a stop, but for moments; announces have their own 1.5 s beside it. */
const closeWithinMs = 1_900;
const closeTorrentDeadlineMs = 1_000;
/** Of the time for closing files: for writing what waits before, and the record and the answer after syncing them. */
const answerMs = 600;
const completeStorageDeadlineMs = 60_000;

/**
 * Starts a stopped torrent, or resumes a paused one. Idempotent. One that is being closed starts after that.
 *
 * @param device The folder's device, seen a moment ago. Default: the engine looks.
 */
export function startTorrent(engine: Engine, job: TorrentJob, device?: bigint): void {
  setPaused(engine, job, false);
  startAsItWas(engine, job, device);
}

/** Starts a torrent whose error is over. A torrent that its user has paused stays paused. */
export function startAsItWas(engine: Engine, job: TorrentJob, device?: bigint): void {
  job.isStartWanted = job.closing !== undefined;
  if (job.isStartWanted) return;
  if (job.trouble !== undefined) return tryNow(job);
  if (job.state !== "stopped" && job.state !== "error") return;
  job.comeback.abort();
  job.abort = new AbortController();
  job.sizeTables();
  job.fault = undefined;
  job.isDiskFound = false;
  setState(engine, job, "starting");
  void openAndRun(engine, job, job.abort.signal, device);
}

async function openAndRun(
  engine: Engine,
  job: TorrentJob,
  signal: AbortSignal,
  device: bigint | undefined,
): Promise<void> {
  try {
    const fault =
      (await findDisk(engine, job, signal, device)) ?? (await checkFound(engine, job, signal));
    if (signal.aborted) return;
    if (fault !== undefined) return failAtFolder(engine, job, fault);
    if (job.request.mode === "check-only") return await stopTorrent(engine, job);
    if (job.request.mode === "seed-only" && leftBytesWithoutSuspects(job) > 0) {
      return failTorrent(engine, job, incomplete(job));
    }
    const unprepared = await prepareToWrite(engine, job, signal);
    if (signal.aborted) return;
    if (unprepared !== undefined) return failAtFolder(engine, job, unprepared);
    activate(engine, job);
    await settleFiles(engine, job);
  } catch (error) {
    if (!signal.aborted) failAtCheck(engine, job, error);
  }
}

/** The error of a torrent that is only to be seeded and is not whole. */
export function incomplete({ ledger: { leftBytes }, metainfo, request }: TorrentJob): TorrentFault {
  const { totalBytes } = metainfo.geometry;
  return {
    code: "incomplete",
    message: `cannot seed ${metainfo.name}: ${spellBytes(leftBytes)} of ${spellBytes(totalBytes)} are missing or damaged in "${request.directory}"`,
  };
}

/** Opens it in every worker, announces and dials. */
function activate(engine: Engine, job: TorrentJob): void {
  setState(engine, job, job.isPauseWanted ? "paused" : "active");
  job.startedAtMs = engine.context.clock.nowMs();
  const { ledger, suspects, metainfo } = job;
  job.isSeedSaid = ledger.hadCount + suspects.size === metainfo.geometry.pieceCount;
  job.isCompleteSaid = false;
  for (const peerWorker of engine.peerWorkers) openAtWorker(job, peerWorker);
  for (const { host, port } of job.request.peers) addUserPeer(engine, job, host, port);
  dialMore(engine);
  job.announcer ??= makeAnnouncer(engine, job);
  job.announcer.start();
}

/** Tells one worker of the torrent: at its start, and again when the worker is a new one. */
export function openAtWorker(job: TorrentJob, peerWorker: PeerWorkerHandle): void {
  if (peerWorker.ref.peer === undefined) return;
  const { geometry, infoHash } = job.metainfo;
  const wanted = job.files.wantedPieces();
  const table = job.renewTable(peerWorker.index);
  peerWorker.cast("open-torrent", {
    torrent: job.id,
    infoHash,
    peerId: job.peerId,
    totalBytes: geometry.totalBytes,
    pieceLengthBytes: geometry.pieceLengthBytes,
    pieceCount: geometry.pieceCount,
    disk: job.disk.index,
    had: job.map.memory,
    table: table.memory,
    maxPeers: job.maxPeers,
    isPaused: job.isPauseWanted,
    ...(wanted !== undefined && { wanted }),
  });
}

/** Pauses or resumes a running torrent; one that is being opened or checked is paused as soon as it runs. */
export function setPaused(engine: Engine, job: TorrentJob, isPaused: boolean): void {
  const wasPaused = job.isPauseWanted;
  job.isPauseWanted = isPaused;
  if (!job.isRunning || wasPaused === isPaused) return;
  // One that waits for the disk says so first of all.
  if (job.state !== "error") setState(engine, job, isPaused ? "paused" : "active");
  for (const peerWorker of engine.peerWorkers)
    peerWorker.cast("set-paused", { torrent: job.id, isPaused });
}

/**
 * What the part file has of files that are wanted now moves into them, and new files that are not do not appear. Those
 * without bytes that are wanted now are made when nothing is missing.
 */
export async function settleFiles(engine: Engine, job: TorrentJob): Promise<void> {
  job.settling++;
  const fault = await settleWanted(job, job.abort.signal).finally(() => job.settling--);
  if (fault !== undefined) return failAtFolder(engine, job, fault);
  if (job.isRunning && job.ledger.isComplete) await completeTorrent(engine, job);
}

/**
 * Everything wanted is had: files of zero length are made and the user is told, once. The tracker is told only when
 * that is the whole torrent.
 */
export async function completeTorrent(engine: Engine, job: TorrentJob): Promise<void> {
  // Bytes of it lie in the part file still: it is complete when they have moved.
  if (job.settling > 0) return;
  const fault = await makeEmptyFiles(job);
  if (fault !== undefined) return failAtFolder(engine, job, fault);
  if (!job.isRunning || !job.ledger.isComplete) return;
  if (job.ledger.isSeed && !job.isSeedSaid) {
    job.isSeedSaid = true;
    job.announcer?.completed();
  }
  if (job.isCompleteSaid) return;
  job.isCompleteSaid = true;
  const seconds = (engine.context.clock.nowMs() - job.startedAtMs) / 1000;
  // The figures of the last second go first: who hears of the end shall know what it took.
  emit(engine, job, { event: "progress", ...progressOf(job) });
  emit(engine, job, { event: "complete", seconds });
  flush(engine, job);
}

async function makeEmptyFiles(job: TorrentJob): Promise<TorrentFault | undefined> {
  // Who only seeds writes nothing: an empty file that is missing is nobody's loss.
  if (job.request.mode === "seed-only") return undefined;
  const rules = { deadlineMs: completeStorageDeadlineMs, signal: job.abort.signal };
  try {
    const answer = await callFileWorker(job.disk, "complete-storage", { torrent: job.id }, rules);
    if (answer === undefined || !("refused" in answer)) return undefined;
    return { code: answer.refused, message: answer.message };
  } catch (error) {
    return faultOf(error);
  }
}

/** Stops it in order. Settles within about two seconds, whatever trackers and disks do. Idempotent. */
export async function stopTorrent(engine: Engine, job: TorrentJob): Promise<void> {
  job.isStartWanted = false;
  job.comeback.abort();
  if (job.state === "stopped") return;
  if (job.state !== "stopping") setState(engine, job, "stopping");
  await closeOnce(engine, job);
  if (job.state !== "stopping") return;
  emitAtRest(engine, job);
  setState(engine, job, "stopped");
  // Before the answer that follows from it.
  flush(engine, job);
  startIfWanted(engine, job);
}

/** The torrent cannot go on: it is closed like a stopped one and says why. Nothing else is touched. */
export function failTorrent(engine: Engine, job: TorrentJob, fault: TorrentFault): void {
  const hasFailed = job.state === "error" && job.trouble === undefined;
  if (hasFailed || job.state === "stopped" || job.state === "stopping") return;
  job.fault = fault;
  setState(engine, job, "error");
  emit(engine, job, { event: "error", ...fault });
  flush(engine, job);
  closeOnce(engine, job)
    .then(() => {
      // A stop that came meanwhile ends it, and knows whether it is to be started again.
      if (job.state !== "error") return;
      emitAtRest(engine, job);
      startIfWanted(engine, job);
    })
    .catch((error: unknown) => failEngine(engine, job, error));
}

/** The folder of a torrent, or one of its files, is refused: the torrent fails, and starts by itself when that is mended. */
export function failAtFolder(engine: Engine, job: TorrentJob, fault: TorrentFault): void {
  failTorrent(engine, job, fault);
  awaitFolder(engine, job, () => startAsItWas(engine, job));
}

/** What was to be looked at on the disk could not be. */
export function failAtCheck(engine: Engine, job: TorrentJob, error: unknown): void {
  const { code } = error as { code?: unknown };
  if (code === "check-late") return failAtFolder(engine, job, hangingReadsFault(job));
  const isPoison = code === "check-failed";
  const poison = "check threads ended twice at the same piece of it";
  failTorrent(engine, job, isPoison ? quarantineFault(job, poison) : faultOf(error));
}

/**
 * The error of a torrent at which threads died. Nothing tries it again but its user.
 * @param why As a part of a sentence.
 */
export function quarantineFault({ metainfo }: TorrentJob, why: string): TorrentFault {
  const message = `${metainfo.name} is set aside: ${why}. Start it again to try once more`;
  return { code: "quarantined", message };
}

/** The last figures: nothing moves any more. */
function emitAtRest(engine: Engine, job: TorrentJob): void {
  resetRates(job);
  emit(engine, job, { event: "progress", ...progressOf(job) });
}

function startIfWanted(engine: Engine, job: TorrentJob): void {
  if (job.isStartWanted) startAsItWas(engine, job);
}

/** Closes it, or waits until it is closed when that is under way. */
function closeOnce(engine: Engine, job: TorrentJob): Promise<void> {
  job.closing ??= close(engine, job).finally(() => {
    job.closing = undefined;
  });
  return job.closing;
}

/** Trackers, and beside them first the workers, which have what is sealed written, then the files. */
async function close(engine: Engine, job: TorrentJob): Promise<void> {
  const { clock } = engine.context;
  job.abort.abort();
  updateKnownPeers(job);
  giveUpHeld(engine, job);
  const untilMs = clock.nowMs() + closeWithinMs;
  const announced = job.announcer?.stop();
  await Promise.all(engine.peerWorkers.map((peerWorker) => closeAtWorker(job, peerWorker)));
  engine.oversizedPieceQueue.forgetTorrent(job.id);
  for (const { piece, lease } of [...job.ledger.leases()]) {
    job.ledger.release(piece);
    engine.oversizedPieces.release(engine.slabs, lease);
  }
  await closeFiles(job, untilMs - clock.nowMs());
  await announced;
}

/** A disk that is slower goes on behind: a file-worker that is asked to end writes everything first. */
async function closeFiles(job: TorrentJob, deadlineMs: number): Promise<void> {
  const { mode } = job.request;
  // Of one that was stopped while it was checked the record on the disk says more than we know.
  const isKept = job.isChecked && mode !== "check-only";
  const closing = {
    torrent: job.id,
    syncWithinMs: Math.max(0, deadlineMs - answerMs),
    ...(isKept && { job: { facts: recordFactsOf(job), isOrderly: job.fault === undefined } }),
  };
  try {
    await job.disk.calls.call("close-storage", closing, { deadlineMs });
  } catch {
    // Gone or late: the record says that it was being written to, and the next start hashes what is not durable.
  }
}

/** A worker that dies while it is asked to close has closed: its restart does not bring a stopped torrent back. */
async function closeAtWorker(job: TorrentJob, peerWorker: PeerWorkerHandle): Promise<void> {
  if (peerWorker.ref.peer === undefined) return;
  await peerWorker
    .call("close-torrent", { torrent: job.id }, { deadlineMs: closeTorrentDeadlineMs })
    .catch(() => undefined);
}
