// The fields of a torrent that its row tells.

import type { LiveEngineSettings, TorrentSettings } from "@troupe/control";
import type { TorrentRow } from "../../view/torrent-row.ts";
import { torrentConstants } from "../constants.ts";
import { defaults } from "../defaults.ts";
import { idleLimit, modeOf, ownLimit, ratioLimit } from "../seed-limits.ts";
import { bandwidthPriorities, dateOf, speedOf } from "../units.ts";
import { mimeTypeOf } from "./mime-type.ts";
import {
  bytesEver,
  desiredAvailable,
  etaOf,
  idleEtaOf,
  isFinished,
  isStalled,
  statusOf,
  type SettingLevels,
} from "./torrent-status.ts";
import { trackerListField, trackersField } from "./trackers.ts";

/** A row with what its fields are made from. */
export interface RowFacts extends SettingLevels {
  readonly row: TorrentRow;
  readonly own: TorrentSettings;
  /** Empty unless a field of {@link engineFields} is asked for. */
  readonly engine: LiveEngineSettings;
  readonly epochMs: number;
}

type RowField = (facts: RowFacts) => unknown;

/** Fields that depend on settings of the engine. */
export const engineFields: readonly string[] = ["eta", "eta_idle", "is_finished"];

/** Fields that change while their row does not. */
export const changingFields: readonly string[] = [...engineFields, "is_stalled"];

const errorNone = 0;
const errorLocal = 3;

const identityFields: Readonly<Record<string, RowField>> = {
  download_dir: ({ row }) => row.directory,
  file_count: ({ row }) => row.files,
  group: ({ row }) => row.group ?? "",
  hash_string: ({ row }) => row.torrent,
  id: ({ row }) => row.number,
  is_private: ({ row }) => row.isPrivate,
  labels: ({ row }) => row.labels,
  magnet_link: ({ row }) => row.magnet,
  metadata_percent_complete: ({ row }) => (row.hasMetadata ? 1 : 0),
  name: ({ row }) => row.name,
  piece_count: ({ row }) => row.pieces,
  piece_size: ({ row }) => row.pieceLengthBytes,
  primary_mime_type: ({ row }) => mimeTypeOf(row),
  queue_position: ({ row }) => row.queuePosition,
  total_size: ({ row }) => row.sizeBytes,
  tracker_list: ({ row }) => trackerListField(row),
  trackers: ({ row }) => trackersField(row),
};

const progressFields: Readonly<Record<string, RowField>> = {
  corrupt_ever: ({ row }) => row.lifetime?.failedHashBytes ?? row.failedHashBytes,
  desired_available: ({ row }) => desiredAvailable(row),
  downloaded_ever: ({ row }) => bytesEver(row).downloaded,
  have_valid: ({ row }) => row.haveBytes,
  left_until_done: ({ row }) => row.leftBytes,
  peers_connected: ({ row }) => row.peers,
  peers_getting_from_us: ({ row }) => row.gettingPeers ?? 0,
  peers_sending_to_us: ({ row }) => row.sendingPeers ?? 0,
  percent_complete: ({ row }) => share(row.haveBytes, row.sizeBytes),
  percent_done: ({ row }) => share(row.wantedBytes - row.leftBytes, row.wantedBytes),
  rate_download: ({ row }) => Math.round(row.downBytesPerSecond),
  rate_upload: ({ row }) => Math.round(row.upBytesPerSecond),
  size_when_done: ({ row }) => row.wantedBytes,
  upload_ratio: ({ row }) => uploadRatio(row),
  uploaded_ever: ({ row }) => bytesEver(row).uploaded,
};

const stateFields: Readonly<Record<string, RowField>> = {
  activity_date: ({ row }) => dateOf(row.activeAt),
  added_date: ({ row }) => dateOf(row.addedAt),
  done_date: ({ row }) => dateOf(row.completedAt),
  error: ({ row }) => (row.fault === undefined ? errorNone : errorLocal),
  error_string: ({ row }) => row.fault?.message ?? "",
  eta: (facts) => etaOf(facts.row, facts),
  eta_idle: (facts) => idleEtaOf(facts.row, facts, facts.epochMs),
  is_finished: (facts) => isFinished(facts.row, facts),
  is_stalled: ({ row, epochMs }) => isStalled(row, epochMs),
  seconds_downloading: ({ row }) => Math.round(row.lifetime?.downloadSeconds ?? 0),
  seconds_seeding: ({ row }) => Math.round(row.lifetime?.seedSeconds ?? 0),
  status: ({ row }) => statusOf(row),
};

const settingFields: Readonly<Record<string, RowField>> = {
  bandwidth_priority: ({ own }) => priorityOf(own),
  download_limit: ({ own }) => ownSpeed(own["limits.down"]),
  download_limited: ({ own }) => isLimited(own["limits.down"]),
  max_connected_peers: ({ own }) => own.maxPeers ?? defaults.peersOfTorrent,
  peer_limit: ({ own }) => own.maxPeers ?? defaults.peersOfTorrent,
  seed_idle_limit: ({ own }) => ownLimit(idleLimit, own) ?? defaults.idleMinutes,
  seed_idle_mode: ({ own }) => modeOf(idleLimit, own),
  seed_ratio_limit: ({ own }) => ownLimit(ratioLimit, own) ?? defaults.seedRatio,
  seed_ratio_mode: ({ own }) => modeOf(ratioLimit, own),
  sequential_download: ({ own }) => own.sequential === true || own.fromPiece !== undefined,
  sequential_download_from_piece: ({ own }) => own.fromPiece ?? 0,
  upload_limit: ({ own }) => ownSpeed(own["limits.up"]),
  upload_limited: ({ own }) => isLimited(own["limits.up"]),
};

/** The fields by their names in snake case. */
export const rowFields: ReadonlyMap<string, RowField> = new Map([
  ...Object.entries({ ...identityFields, ...progressFields, ...stateFields, ...settingFields }),
  ...torrentConstants.map(({ name, value }) => [name, () => value] as const),
]);

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.min(1, part / whole);
}

/** -1 where there is nothing that a ratio could have. */
function uploadRatio(row: TorrentRow): number {
  return row.wantedBytes === 0 ? -1 : bytesEver(row).uploaded / row.wantedBytes;
}

function priorityOf({ bandwidthPriority = "normal" }: TorrentSettings): number {
  return bandwidthPriorities.find(([name]) => name === bandwidthPriority)?.[1] ?? 0;
}

/** A limit of 0 is none. */
function isLimited(limit: number | undefined): boolean {
  return (limit ?? 0) > 0;
}

function ownSpeed(limit: number | undefined): number {
  return limit === undefined || limit === 0 ? defaults.speed : speedOf(limit);
}
