// `torrents/properties`: what is known of one torrent.

import { torrentValue } from "@troupe/control";
import type { CommandResults } from "@troupe/control/commands";
import { jsonResponse, type ServiceResponse } from "../routes/route.ts";
import type { TorrentRow } from "../view/torrent-row.ts";
import { constantsOf, type Json } from "./constants.ts";
import { foldersOf } from "./content-path.ts";
import { orElse, type DialectCall } from "./dialect-call.ts";
import { rowOf } from "./named-torrents.ts";
import { metainfoOf, notesIn, type SavedNotes } from "./saved-metainfo.ts";
import { settingsOf } from "./shown-settings.ts";
import {
  etaOf,
  peerCounts,
  ratioOf,
  secondsOf,
  transferredBytes,
  type TorrentFields,
} from "./torrent-info.ts";

const constants = constantsOf("torrents/properties");
const unknown = -1;
const noNotes: SavedNotes = { comment: "", createdBy: "", createdAt: unknown };

/** Answers `torrents/properties`. */
export async function showProperties(call: DialectCall): Promise<ServiceResponse> {
  const row = await rowOf(call);
  const { calls } = call;
  const [metainfo, tiers, engine] = await Promise.all([
    metainfoOf(calls, row.torrent),
    orElse(calls.ask("tiers", row.torrent), [], "quarantined"),
    calls.run("engine-settings", {}),
  ]);
  const notes = metainfo === undefined ? noNotes : notesIn(metainfo);
  return jsonResponse({
    ...constants,
    ...identityOf(row, notes),
    ...transferOf(row),
    nb_connections_limit: torrentValue("maxPeers", row.settings, engine),
    reannounce: nextAnnounce(tiers),
  });
}

function identityOf(row: TorrentRow, { comment, createdAt, createdBy }: SavedNotes): TorrentFields {
  const { addedAt, completedAt, hasMetadata, infoHashV1 = "", infoHashV2 = "" } = row;
  return {
    hash: row.torrent,
    infohash_v1: infoHashV1,
    infohash_v2: infoHashV2,
    name: row.name,
    is_private: row.isPrivate,
    ...foldersOf(row),
    comment,
    created_by: createdBy,
    creation_date: createdAt,
    addition_date: secondsOf(addedAt, 0),
    completion_date: hasMetadata ? secondsOf(completedAt, unknown) : unknown,
    total_size: hasMetadata ? row.sizeBytes : unknown,
    piece_size: hasMetadata ? row.pieceLengthBytes : unknown,
    pieces_num: hasMetadata ? row.pieces : unknown,
    pieces_have: row.finishedPieces,
  };
}

function transferOf(row: TorrentRow): TorrentFields {
  const { lifetime } = row;
  const { limits = {} } = settingsOf(row);
  const { downloadedBytes, uploadedBytes } = transferredBytes(row);
  const [active, seeding] = [lifetime?.activeSeconds ?? 0, lifetime?.seedSeconds ?? 0];
  const counts = peerCounts(row);
  return {
    time_elapsed: Math.floor(active),
    seeding_time: Math.floor(seeding),
    eta: etaOf(row),
    nb_connections: row.peers,
    total_downloaded: downloadedBytes,
    total_downloaded_session: row.downloadedBytes,
    total_uploaded: uploadedBytes,
    total_uploaded_session: row.uploadedBytes,
    total_wasted: lifetime?.wastedBytes ?? row.wastedBytes,
    dl_speed: Math.round(row.downBytesPerSecond),
    dl_speed_avg: meanOf(downloadedBytes, active - seeding),
    up_speed: Math.round(row.upBytesPerSecond),
    up_speed_avg: meanOf(uploadedBytes, active),
    dl_limit: limitOf(limits.down),
    up_limit: limitOf(limits.up),
    seeds: counts.seeds,
    seeds_total: counts.swarmSeeds,
    peers: counts.leechers,
    peers_total: counts.swarmLeechers,
    share_ratio: ratioOf(row),
  };
}

/** No limit is -1 here, and 0 in lists. */
function limitOf(limit = 0): Json {
  return limit === 0 ? unknown : limit;
}

function meanOf(bytes: number, seconds: number): number {
  return seconds < 1 ? 0 : Math.floor(bytes / seconds);
}

/** Seconds until the next announce to any tracker. */
function nextAnnounce(tiers: CommandResults["tiers"]): number {
  const waits = tiers.flatMap(({ trackers }) =>
    trackers.flatMap(({ nextInSeconds }) => nextInSeconds ?? []),
  );
  return waits.length === 0 ? 0 : Math.max(0, Math.round(Math.min(...waits)));
}
