// The state of a torrent in the numbers of the protocol, and the estimates that depend on it.

import { torrentValue, type LiveEngineSettings, type TorrentSettings } from "@troupe/control";
import type { TorrentRow } from "../../view/torrent-row.ts";

/** Numbers of the field `status`. */
export const statuses = {
  stopped: 0,
  checking: 2,
  waitsToDownload: 3,
  downloading: 4,
  waitsToSeed: 5,
  seeding: 6,
} as const;

/** The field `eta` where there is no estimate or peers lack wanted pieces, and where the rate gives none. */
const [etaNone, etaUnknown] = [-1, -2];

/** Levels of settings that decide about a torrent. */
export interface SettingLevels {
  /** Settings of the torrent itself. */
  readonly own: TorrentSettings;
  readonly engine: LiveEngineSettings;
}

/** The field `status`. A torrent that has an error, and one that is paused, are stopped ones there. */
export function statusOf({ state, leftBytes, hasMetadata }: TorrentRow): number {
  const isDone = hasMetadata && leftBytes === 0;
  switch (state) {
    case "stopped":
    case "stopping":
    case "paused":
    case "error":
      return statuses.stopped;
    case "checking":
      return statuses.checking;
    case "queued":
      return isDone ? statuses.waitsToSeed : statuses.waitsToDownload;
    case "metadata":
    case "starting":
    case "active":
      return isDone ? statuses.seeding : statuses.downloading;
  }
}

/** Bytes sent and received in all runs. */
export function bytesEver({ lifetime, downloadedBytes, uploadedBytes }: TorrentRow): {
  readonly downloaded: number;
  readonly uploaded: number;
} {
  return {
    downloaded: lifetime?.downloadedBytes ?? downloadedBytes,
    uploaded: lifetime?.uploadedBytes ?? uploadedBytes,
  };
}

/** The field `eta`. */
export function etaOf(row: TorrentRow, levels: SettingLevels): number {
  const status = statusOf(row);
  if (status === statuses.downloading) {
    if (row.etaSeconds !== undefined) return Math.round(row.etaSeconds);
    return desiredAvailable(row) < row.leftBytes ? etaNone : etaUnknown;
  }
  const left = status === statuses.seeding ? ratioBytesLeft(row, levels) : undefined;
  if (left === undefined) return etaNone;
  return row.upBytesPerSecond < 1 ? etaUnknown : Math.round(left / row.upBytesPerSecond);
}

/** The field `desired_available`: the wanted bytes that connected peers have, by the share of pieces that none has. */
export function desiredAvailable({ availability, leftBytes, sizeBytes }: TorrentRow): number {
  if (availability === undefined) return 0;
  const missing = Math.max(0, 1 - availability) * sizeBytes;
  return Math.max(0, Math.round(leftBytes - missing));
}

/** The field `eta_idle`: the seconds until a seed without uploads stops. */
export function idleEtaOf(row: TorrentRow, levels: SettingLevels, epochMs: number): number {
  const goal = goalInForce("goals.idleSeconds", levels);
  if (statusOf(row) !== statuses.seeding || row.upBytesPerSecond >= 1 || goal === undefined)
    return etaNone;
  return Math.max(0, Math.round(goal - idleSeconds(row, epochMs)));
}

/** The field `is_finished`: the torrent is stopped, because it has reached a goal of seeding. */
export function isFinished(row: TorrentRow, levels: SettingLevels): boolean {
  if (statusOf(row) !== statuses.stopped || !row.isComplete || row.fault !== undefined)
    return false;
  const seedGoal = goalInForce("goals.seedSeconds", levels);
  const hasSeeded = seedGoal !== undefined && (row.lifetime?.seedSeconds ?? 0) >= seedGoal;
  return hasSeeded || ratioBytesLeft(row, levels) === 0;
}

/** The field `is_stalled`: a torrent that moves nothing for a minute has no place in the queue. */
export function isStalled(row: TorrentRow, epochMs: number): boolean {
  const status = statusOf(row);
  if (status !== statuses.downloading && status !== statuses.seeding) return false;
  const isMoving = row.downBytesPerSecond >= 1 || row.upBytesPerSecond >= 1;
  return !isMoving && idleSeconds(row, epochMs) > stalledSeconds;
}

/** The rule of the engine for torrents that do not count in the queue. */
const stalledSeconds = 60;

/** Seconds since the last block; without one, since the torrent was added. */
function idleSeconds({ activeAt, addedAt }: TorrentRow, epochMs: number): number {
  return Math.max(0, (epochMs - (activeAt ?? addedAt)) / 1_000);
}

/** Bytes to send until the ratio is reached; undefined without such a goal. */
function ratioBytesLeft(row: TorrentRow, levels: SettingLevels): number | undefined {
  const goal = goalInForce("goals.ratio", levels);
  if (goal === undefined) return undefined;
  const { downloaded, uploaded } = bytesEver(row);
  // Files that were there before the first run count as received.
  return Math.max(0, goal * Math.max(downloaded, row.haveBytes) - uploaded);
}

function goalInForce(
  name: "goals.idleSeconds" | "goals.ratio" | "goals.seedSeconds",
  { own, engine }: SettingLevels,
): number | undefined {
  return torrentValue("goals.action", own, engine) === "none"
    ? undefined
    : torrentValue(name, own, engine);
}
