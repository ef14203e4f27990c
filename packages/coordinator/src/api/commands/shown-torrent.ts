// Torrents, their pieces and their settings as results of commands.

import {
  engineSettings,
  TroupeError,
  torrentSettings,
  type SettingRow,
  type SettingRows,
} from "@troupe/control";
import { nestedSettings, type CommandResults } from "@troupe/control/commands";
import { inQueueOrder } from "../queue/queue-ranks.ts";
import { torrentOf, type Torrent } from "../torrent.ts";
import type { TorrentProxy } from "../torrent-proxy.ts";
import { isElsewhere, type Caller } from "./caller.ts";
import type { CommandedEngine } from "./handler.ts";

/** A caller with the fewest rights to settings. */
const elsewhere: Caller = { right: "read" };

/** All torrents. The queue is sorted once for all. */
export function shownTorrents({
  session,
}: Pick<CommandedEngine, "session">): CommandResults["list"] {
  const queue = inQueueOrder(session.torrents.all);
  const positions = new Map(queue.map((torrent, position) => [torrent, position]));
  return session.torrents.all.map((proxy) => shownTorrent(proxy, positions.get(proxy)));
}

/** A torrent, without a question to the engine. Of its settings those that callers elsewhere may see. */
export function shownTorrent(
  proxy: TorrentProxy,
  queuePosition: number = proxy.services.queuePosition(),
): CommandResults["status"] {
  const torrent = torrentOf(proxy);
  const { fault, group, infoHashV1, infoHashV2 } = torrent;
  const { finished, unfinished: _, percentage: __, etaSeconds, ...progress } = torrent.progress;
  const { lifetime: ___, ...figures } = progress;
  const { dates, lifetime } = proxy.recorded;
  return {
    torrent: torrent.infoHash,
    ...(infoHashV1 !== undefined && { infoHashV1 }),
    ...(infoHashV2 !== undefined && { infoHashV2 }),
    number: proxy.ticket ?? 0,
    name: torrent.name,
    state: torrent.state,
    ...(fault !== undefined && { fault }),
    directory: torrent.directory,
    hasMetadata: torrent.hasMetadata,
    isPrivate: torrent.isPrivate,
    isComplete: torrent.isComplete,
    isSeed: torrent.isSeed,
    isForced: torrent.isForced,
    queuePosition,
    labels: torrent.labels,
    ...(group !== undefined && { group }),
    magnet: torrent.magnet,
    trackers: torrent.trackers,
    settings: shownTorrentSettings(proxy.settings.values, elsewhere),
    warnings: torrent.warnings,
    sizeBytes: torrent.size,
    files: proxy.figures.fileCount,
    leftBytes: torrent.left,
    pieces: torrent.pieceCount,
    finishedPieces: finished,
    pieceLengthBytes: torrent.pieceLength,
    ...figures,
    ...(etaSeconds !== undefined && { etaSeconds }),
    ...(lifetime !== undefined && { lifetime }),
    ...dates,
  };
}

/** The engine's view of a torrent. */
export async function shownSwarm(torrent: Torrent): Promise<CommandResults["swarm"]> {
  const { availability, dht, isSuperSeeding = false, strip, why } = await torrent.status();
  return {
    ...(availability !== undefined && { availability }),
    ...(dht !== undefined && { dht }),
    isSuperSeeding,
    strip: base64Of(strip),
    why,
  };
}

/** The tiers of trackers, without the addresses of their last replies. */
export async function shownTiers(torrent: Torrent): Promise<CommandResults["tiers"]> {
  const tiers = await torrent.tiers();
  return tiers.map(({ complete, incomplete, failures, trackers }) => ({
    ...{ complete, incomplete, failures, trackers },
  }));
}

/** The pieces of a torrent. */
export function shownPieces(torrent: Torrent): CommandResults["pieces"] {
  return {
    pieces: torrent.pieceCount,
    pieceLengthBytes: torrent.pieceLength,
    lastPieceLengthBytes: torrent.lastPieceLength,
    had: base64Of(torrent.bitfield),
    wanted: base64Of(torrent.wanted),
  };
}

/** The .torrent. @throws TroupeError `metadata-unknown` */
export function shownMetainfo({ metainfo, name }: Torrent): CommandResults["metainfo"] {
  if (metainfo !== undefined) return base64Of(metainfo);
  const message = `cannot give the .torrent of ${name}: its metadata has not come yet`;
  throw new TroupeError("metadata-unknown", message);
}

/** The set settings of a torrent that a caller may see. */
export function shownTorrentSettings(values: object, caller: Caller): CommandResults["settings"] {
  return nestedSettings(visible(torrentSettings, values, caller));
}

/** The set settings of an engine that a caller may see. */
export function shownEngineSettings(
  values: object,
  caller: Caller,
): CommandResults["engine-settings"] {
  return nestedSettings(visible(engineSettings, values, caller));
}

/** A record may have settings of a later release, which no row describes. */
function visible(rows: SettingRows, values: object, caller: Caller): object {
  const isVisible = (row: SettingRow | undefined): boolean =>
    row !== undefined &&
    (row.right === "control" || (row.right === undefined && !isElsewhere(caller)));
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => Object.hasOwn(rows, name) && isVisible(rows[name])),
  );
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
