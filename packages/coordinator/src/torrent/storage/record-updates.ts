import { changeValues, type TorrentSettingChanges } from "@troupe/control";
import {
  bitfieldBytes,
  zeroCounters,
  mostSavedPeers,
  type JobCounters,
  type JobFacts,
} from "@troupe/messages";
import { addressKey } from "@troupe/protocol/address";
import type { Geometry } from "@troupe/protocol/metainfo";
import { bitsInBoth, bitsWithout, setBit } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";
import { listOf } from "../checks/hash-pieces.ts";
import { isChecked, isTransferring } from "../lifecycle/run.ts";
import { hasContent, type JobWithContent, type TorrentJob } from "../torrent-job.ts";

/** Bytes and times of all runs together. */
export function lifetimeOf(job: JobWithContent): JobCounters {
  const earlier = job.earlierRuns.counters ?? zeroCounters;
  const { traffic } = job.content;
  const { seedMs } = job.seedingTime;
  return {
    downloadedBytes: earlier.downloadedBytes + traffic.total("downloadedBytes"),
    uploadedBytes: earlier.uploadedBytes + traffic.total("uploadedBytes"),
    wastedBytes: earlier.wastedBytes + traffic.total("wastedBytes"),
    failedHashBytes: earlier.failedHashBytes + traffic.failedHashBytes,
    protocolDownBytes: earlier.protocolDownBytes + traffic.total("protocolDownBytes"),
    protocolUpBytes: earlier.protocolUpBytes + traffic.total("protocolUpBytes"),
    activeSeconds: earlier.activeSeconds + job.activeTime.activeSeconds,
    downloadSeconds: earlier.downloadSeconds + job.activeTime.downloadSeconds,
    seedSeconds: earlier.seedSeconds + Math.floor(seedMs / 1000),
  };
}

/** The record's facts at this moment. */
export function recordFactsOf(job: JobWithContent): JobFacts {
  const priorities = job.content.files.list();
  const isChosen = priorities.some((priority) => priority !== 1);
  const { dates, isServed, knownPeers } = job.earlierRuns;
  return {
    settings: job.request.settings,
    ...(isChosen && { priorities }),
    isStarted: job.life.value.wish.run,
    ...(isServed && { isServed }),
    dates,
    counters: lifetimeOf(job),
    peers: knownPeers,
  };
}

/** Keeps the addresses of connected peers for the next run, then those of earlier runs while there is room. */
export function updateKnownPeers(job: TorrentJob): void {
  const peers = [...job.peers.connected()]
    .filter(({ isIncoming, isWebSeed }) => !isIncoming && !isWebSeed)
    .map(({ host, port }) => ({ host, port }));
  const names = new Set(peers.map(({ host, port }) => addressKey(host, port)));
  const others = job.earlierRuns.knownPeers.filter(
    ({ host, port }) => !names.has(addressKey(host, port)),
  );
  job.earlierRuns.knownPeers = [...peers, ...others].slice(0, mostSavedPeers);
}

/** After the start check, and in a restarted file-worker. */
export function savePieces(job: JobWithContent): void {
  if (job.request.mode === "check-only" || !isChecked(job.life.run)) return;
  const { checks, ledger } = job.content;
  const { unsampled, suspects } = checks;
  const had = ledger.map.snapshot();
  const unchecked = uncheckedPieces(job);
  const doubted = [...suspects, ...(unchecked === undefined ? [] : listOf(unchecked))];
  job.disk.calls.cast("save-job", {
    torrent: job.id,
    facts: recordFactsOf(job),
    // The file-worker stops doubting a piece that this message lists as had.
    had: unchecked === undefined ? had : bitsWithout(had, unchecked),
    ...(unsampled.size > 0 && { unsampled: bitsOf(ledger.geometry, unsampled) }),
    ...(doubted.length > 0 && { doubted }),
  });
}

function bitsOf({ pieceCount }: Geometry, pieces: Iterable<PieceIndex>): Uint8Array {
  const bits = new Uint8Array(bitfieldBytes(pieceCount));
  for (const piece of pieces) setBit(bits, piece);
  return bits;
}

/** If this run does not hash the suspects, the next start does. */
export function saveSuspects(job: JobWithContent, doubted: readonly PieceIndex[]): void {
  job.disk.calls.cast("save-job", { torrent: job.id, facts: recordFactsOf(job), doubted });
}

/** The had pieces that a check at completion is still to hash: the record doubts them. Undefined: none. */
export function uncheckedPieces(
  job: Pick<JobWithContent, "content" | "setting">,
): Uint8Array | undefined {
  const { checks, ledger } = job.content;
  const { endCheck } = checks;
  if (endCheck.state === "going-on") return endCheck.left;
  if (endCheck.state === "idle" || !ledger.isComplete || !job.setting("checkAtCompletion"))
    return undefined;
  const had = ledger.map.snapshot();
  return endCheck.pieces === undefined ? had : bitsInBoth(endCheck.pieces, had);
}

/** When the last piece has arrived: a start that comes before the check at completion hashes the pieces. */
export function saveUnchecked(job: JobWithContent): void {
  const { checks } = job.content;
  const unchecked = checks.endCheck.state === "due" ? uncheckedPieces(job) : undefined;
  if (unchecked !== undefined) saveSuspects(job, listOf(unchecked));
}

/** Removes lost pieces from the record. */
export function saveLostPieces(job: JobWithContent, lost: readonly PieceIndex[]): void {
  if (job.request.mode === "check-only") return;
  job.disk.calls.cast("save-job", { torrent: job.id, facts: recordFactsOf(job), lost });
}

/** Notes the time if payload has moved since the last call. */
export function noteMovedPayload(job: JobWithContent, epochMs: number): void {
  const { traffic } = job.content;
  const bytes = traffic.total("downloadedBytes") + traffic.total("uploadedBytes");
  if (bytes === job.earlierRuns.notedBytes) return;
  job.earlierRuns.notedBytes = bytes;
  job.earlierRuns.dates = { ...job.earlierRuns.dates, activeAt: epochMs };
}

/** Notes and saves when all wanted pieces were had for the first time. */
export function noteCompletion(job: JobWithContent, epochMs: number): void {
  const { dates } = job.earlierRuns;
  if (dates.completedAt !== undefined) return;
  job.earlierRuns.dates = { ...dates, completedAt: epochMs };
  saveSettings(job);
}

/** Saves the counters if bytes have moved, or ten minutes in the swarm have passed. */
export function saveFigures(job: JobWithContent): void {
  const { downloadedBytes, uploadedBytes, wastedBytes, activeSeconds } = lifetimeOf(job);
  // No counter falls, so the sum changes with each counter.
  const moved = downloadedBytes + uploadedBytes + wastedBytes + Math.floor(activeSeconds / 600);
  if (moved === job.earlierRuns.savedSum) return;
  job.earlierRuns.savedSum = moved;
  updateKnownPeers(job);
  saveSettings(job);
}

/** Saved with the next figures, because a move in the queue may change the ranks of many torrents. */
const placeInQueue: readonly string[] = ["forced", "queueRank"];

/** Changes settings of a torrent, and saves them if its files are open. */
export function changeTorrent(job: TorrentJob, changes: TorrentSettingChanges): void {
  job.request = { ...job.request, settings: changeValues(job.request.settings, changes) };
  const isOfQueue = Object.keys(changes).every((name) => placeInQueue.includes(name));
  if (hasContent(job) && !isOfQueue) saveSettings(job);
}

/** Saves the settings and counters of a torrent whose files are open. */
export function saveSettings(job: JobWithContent): void {
  if (job.request.mode === "check-only" || !isTransferring(job.life.run)) return;
  job.disk.calls.cast("save-job", { torrent: job.id, facts: recordFactsOf(job) });
}
