// A torrent as lists of qBittorrent 4.5.2 show it (src/webui/api/serialize/serialize_torrent.cpp).

import type { TorrentRow } from "../view/torrent-row.ts";
import { trackersInForce } from "../view/trackers-in-force.ts";
import { constantsOf, type Json } from "./constants.ts";
import { contentPathOf, foldersOf } from "./content-path.ts";
import { limitsOf } from "./share-limits.ts";
import { settingsOf } from "./shown-settings.ts";
import { stateOf } from "./torrent-state.ts";

/** A torrent without its hash; the names of the fields are those of the API. */
export type TorrentFields = Readonly<Record<string, Json>>;

/** Seconds that stand for no known end. */
const endlessEta = 8_640_000;
/** A higher ratio is shown as this one. */
const mostRatio = 9_999;
/** Files that were there before count as received, if less than this part of them was received. */
const leastReceivedPart = 0.01;

const constants = constantsOf("torrents/info");
/** Rows never change, and each poller asks for the same ones. */
const known = new WeakMap<TorrentRow, TorrentFields>();
const texts = new WeakMap<TorrentRow, string>();

/** The fields of a torrent. */
export function fieldsOfTorrent(row: TorrentRow): TorrentFields {
  const found = known.get(row) ?? { ...namesOf(row), ...figuresOf(row), ...timesOf(row) };
  known.set(row, found);
  return found;
}

/** JSON of a torrent's fields, without the brace at the start. */
export function textOfTorrent(row: TorrentRow): string {
  const text = texts.get(row) ?? JSON.stringify(fieldsOfTorrent(row)).slice(1);
  texts.set(row, text);
  return text;
}

/** JSON of a torrent with its hash. */
export function textWithHash(row: TorrentRow): string {
  return `{"hash":"${row.torrent}",${textOfTorrent(row)}`;
}

/** Payload bytes of all runs. */
export function transferredBytes({
  downloadedBytes,
  lifetime,
  uploadedBytes,
}: TorrentRow): Pick<TorrentRow, "downloadedBytes" | "uploadedBytes"> {
  return lifetime ?? { downloadedBytes, uploadedBytes };
}

/** The ratio of all runs. */
export function ratioOf(row: TorrentRow): number {
  const { downloadedBytes, uploadedBytes } = transferredBytes(row);
  const received =
    downloadedBytes < row.haveBytes * leastReceivedPart ? row.haveBytes : downloadedBytes;
  if (received === 0) return uploadedBytes === 0 ? 0 : mostRatio;
  return Math.min(uploadedBytes / received, mostRatio);
}

/** Seconds since 1970 of a time in milliseconds; `other` without a time. */
export function secondsOf(timeMs: number | undefined, other: number): number {
  return timeMs === undefined ? other : Math.floor(timeMs / 1_000);
}

/** Seeds and other peers, connected and in the swarm. */
export function peerCounts({ peers, seeds, swarmLeechers, swarmSeeds }: TorrentRow): {
  readonly [Name in "leechers" | "seeds" | "swarmLeechers" | "swarmSeeds"]: number;
} {
  const leechers = Math.max(0, peers - seeds);
  return {
    seeds,
    leechers,
    swarmSeeds: swarmSeeds ?? seeds,
    swarmLeechers: swarmLeechers ?? leechers,
  };
}

/** Seconds until the torrent is complete; of a seed until it reaches a goal of its own. */
export function etaOf(row: TorrentRow): number {
  if (row.state !== "active") return endlessEta;
  const seconds = row.isComplete ? seedSecondsLeft(row) : (row.etaSeconds ?? endlessEta);
  return Math.min(Math.max(0, Math.ceil(seconds)), endlessEta);
}

function seedSecondsLeft(row: TorrentRow): number {
  const { goals = {} } = settingsOf(row);
  if (goals.action === "none") return endlessEta;
  const { lifetime, upBytesPerSecond } = row;
  const { ratio, seedSeconds = Infinity } = goals;
  const ofTime = seedSeconds - (lifetime?.seedSeconds ?? 0);
  if (ratio === undefined || upBytesPerSecond === 0) return ofTime;
  const { downloadedBytes, uploadedBytes } = transferredBytes(row);
  const goalBytes = ratio * (downloadedBytes === 0 ? row.wantedBytes : downloadedBytes);
  return Math.min(ofTime, (goalBytes - uploadedBytes) / upBytesPerSecond);
}

function namesOf(row: TorrentRow): TorrentFields {
  const { group = "", infoHashV1 = "", infoHashV2 = "", labels, magnet, name } = row;
  const {
    firstLastPieces = false,
    limits = {},
    sequential = false,
    superSeed = false,
  } = settingsOf(row);
  const own = limitsOf(row);
  return {
    ...constants,
    infohash_v1: infoHashV1,
    infohash_v2: infoHashV2,
    name,
    magnet_uri: lowerEscapes(magnet),
    state: stateOf(row),
    category: group,
    tags: labels.join(", "),
    ...foldersOf(row),
    content_path: contentPathOf(row),
    trackers_count: trackersInForce(row).flat().length,
    seq_dl: sequential,
    f_l_piece_prio: firstLastPieces,
    super_seeding: superSeed,
    force_start: row.isForced,
    dl_limit: limits.down ?? 0,
    up_limit: limits.up ?? 0,
    ...own,
    // A limit of the level above leaves the constants.
    ...(own.ratio_limit !== -2 && { max_ratio: own.ratio_limit }),
    ...(own.seeding_time_limit !== -2 && { max_seeding_time: own.seeding_time_limit }),
  };
}

function figuresOf(row: TorrentRow): TorrentFields {
  const { downloadedBytes, uploadedBytes } = transferredBytes(row);
  const counts = peerCounts(row);
  return {
    size: row.wantedBytes,
    total_size: row.hasMetadata ? row.sizeBytes : -1,
    progress: row.wantedBytes === 0 ? 0 : row.haveBytes / row.wantedBytes,
    completed: row.haveBytes,
    amount_left: row.leftBytes,
    dlspeed: Math.round(row.downBytesPerSecond),
    upspeed: Math.round(row.upBytesPerSecond),
    // A complete torrent has no place among the downloads.
    priority: row.isComplete ? 0 : row.queuePosition + 1,
    num_seeds: counts.seeds,
    num_complete: counts.swarmSeeds,
    num_leechs: counts.leechers,
    num_incomplete: counts.swarmLeechers,
    downloaded: downloadedBytes,
    uploaded: uploadedBytes,
    downloaded_session: row.downloadedBytes,
    uploaded_session: row.uploadedBytes,
    ratio: ratioOf(row),
    eta: etaOf(row),
    availability: row.isSeed ? -1 : (row.availability ?? ownCopies(row)),
  };
}

/** The part of the copy of this program: a torrent without peers has no other one. */
function ownCopies({ finishedPieces, pieces }: TorrentRow): number {
  return pieces === 0 ? 0 : finishedPieces / pieces;
}

/** qBittorrent writes escapes with small digits. */
function lowerEscapes(link: string): string {
  return link.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
}

function timesOf({ activeAt, addedAt, completedAt, lifetime }: TorrentRow): TorrentFields {
  const added = secondsOf(addedAt, 0);
  return {
    added_on: added,
    completion_on: secondsOf(completedAt, 0),
    last_activity: secondsOf(activeAt, added),
    time_active: Math.floor(lifetime?.activeSeconds ?? 0),
    seeding_time: Math.floor(lifetime?.seedSeconds ?? 0),
  };
}
