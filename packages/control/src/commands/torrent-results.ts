// Gates of the results of questions about torrents.

import { base64, figure, flag, list, record, whole, word } from "../gates/gate.ts";
import { settingsGate } from "../settings/settings-values.ts";
import { folder } from "../settings/shared-gates.ts";
import { torrentSettings } from "../settings/torrent-settings.ts";
import {
  anyText,
  count,
  fault,
  hostAndPort,
  infoHash,
  infoHashV2,
  moment,
  mostFiles,
  mostPieces,
  pace,
  piece,
  torrentState,
} from "./shared-gates.ts";

const mostTexts = 10_000;
const mostPeers = 100_000;
const mostTrackers = 10_000;
/** The largest metadata, its piece layers, and the keys around it. */
const mostTorrentBytes = 32 * 2 ** 20;

const lifetime = record(
  {
    downloadedBytes: count,
    uploadedBytes: count,
    wastedBytes: count,
    failedHashBytes: count,
    protocolDownBytes: count,
    protocolUpBytes: count,
    activeSeconds: figure,
    downloadSeconds: figure,
    seedSeconds: figure,
  },
  [
    ...(["downloadedBytes", "uploadedBytes", "wastedBytes", "failedHashBytes"] as const),
    ...(["protocolDownBytes", "protocolUpBytes"] as const),
    ...(["activeSeconds", "downloadSeconds", "seedSeconds"] as const),
  ],
);

/** A torrent, as this program knows it without a question to the engine. */
export const shownTorrent = record(
  {
    torrent: infoHash,
    infoHashV1: infoHash,
    infoHashV2,
    number: count,
    name: anyText,
    state: torrentState,
    fault,
    directory: folder,
    hasMetadata: flag,
    isPrivate: flag,
    isComplete: flag,
    isSeed: flag,
    isForced: flag,
    queuePosition: count,
    labels: list(anyText, mostTexts),
    group: anyText,
    magnet: anyText,
    trackers: list(list(anyText, mostTrackers), mostTrackers),
    settings: settingsGate(torrentSettings),
    warnings: list(anyText, mostTexts),
    sizeBytes: count,
    files: count,
    haveBytes: count,
    wantedBytes: count,
    leftBytes: count,
    pieces: whole(0, mostPieces),
    finishedPieces: whole(0, mostPieces),
    pieceLengthBytes: count,
    downloadedBytes: count,
    uploadedBytes: count,
    wastedBytes: count,
    failedHashBytes: count,
    protocolDownBytes: count,
    protocolUpBytes: count,
    downBytesPerSecond: pace,
    upBytesPerSecond: pace,
    peers: count,
    seeds: count,
    sendingPeers: count,
    gettingPeers: count,
    swarmSeeds: count,
    swarmLeechers: count,
    availability: figure,
    etaSeconds: figure,
    lifetime,
    addedAt: moment,
    completedAt: moment,
    activeAt: moment,
  },
  [
    ...(["torrent", "number", "name", "state", "directory", "hasMetadata", "isPrivate"] as const),
    ...(["isComplete", "isSeed", "isForced", "queuePosition", "labels", "magnet"] as const),
    ...(["trackers", "settings", "warnings", "sizeBytes", "files"] as const),
    ...(["haveBytes", "wantedBytes", "leftBytes", "pieces"] as const),
    ...(["finishedPieces", "pieceLengthBytes", "downloadedBytes", "uploadedBytes"] as const),
    ...(["wastedBytes", "failedHashBytes", "protocolDownBytes", "protocolUpBytes"] as const),
    ...(["downBytesPerSecond", "upBytesPerSecond", "peers", "seeds"] as const),
    ...(["sendingPeers", "gettingPeers", "addedAt"] as const),
  ],
);

/** Why a torrent is not faster. */
export const shownWhy = record({ code: anyText, message: anyText }, ["code", "message"]);

/** The engine's view of a torrent, without its peers and trackers. */
export const shownSwarm = record(
  {
    availability: figure,
    isSuperSeeding: flag,
    strip: base64(2 ** 20),
    dht: record(
      {
        nodes: count,
        peers: count,
        isAsking: flag,
        nextInSeconds: figure,
        roundSeconds: figure,
      },
      ["nodes", "isAsking", "nextInSeconds", "roundSeconds"],
    ),
    why: shownWhy,
  },
  ["strip", "why"],
);

/** The files of a torrent. */
export const shownFiles = list(
  record(
    {
      path: anyText,
      torrentPath: anyText,
      lengthBytes: count,
      offset: count,
      pieceRange: list(piece, 2, 2),
      priority: whole(0, 65_535),
      haveBytes: count,
      isPadding: flag,
      isInPartFile: flag,
    },
    [
      ...(["path", "torrentPath", "lengthBytes", "offset", "priority", "haveBytes"] as const),
      ...(["isPadding", "isInPartFile"] as const),
    ],
  ),
  mostFiles,
);

const addressSource = word(
  ...(["user", "magnet", "record", "tracker-local", "tracker-internet"] as const),
  ...(["pex-local", "pex-internet", "local-discovery", "dht-local", "dht-internet"] as const),
);

/** The connected peers of a torrent. */
export const shownPeers = list(
  record(
    {
      host: anyText,
      port: whole(0, 65_535),
      isIncoming: flag,
      transport: word("tcp", "utp"),
      encryption: word("handshake", "none", "rc4"),
      sources: list(addressSource, 100),
      client: anyText,
      haveShare: figure,
      downloadedBytes: count,
      uploadedBytes: count,
      downBytesPerSecond: pace,
      upBytesPerSecond: pace,
      amInterested: flag,
      isPeerInterested: flag,
      amChokedByPeer: flag,
      isPeerChoked: flag,
      isSnubbed: flag,
      isOptimistic: flag,
      hasFast: flag,
      isUploadOnly: flag,
      flags: anyText,
      requestsOut: count,
      requestsIn: count,
      roundTripMs: figure,
      blockTimeMs: figure,
    },
    [
      ...(["host", "port", "isIncoming", "transport", "encryption"] as const),
      ...(["sources", "client", "haveShare"] as const),
      ...(["downloadedBytes", "uploadedBytes", "downBytesPerSecond", "upBytesPerSecond"] as const),
      ...(["amInterested", "isPeerInterested", "amChokedByPeer", "isPeerChoked"] as const),
      ...(["isSnubbed", "isOptimistic", "hasFast", "isUploadOnly", "flags"] as const),
      ...(["requestsOut", "requestsIn", "roundTripMs", "blockTimeMs"] as const),
    ],
  ),
  mostPeers,
);

const shownTracker = record(
  {
    url: anyText,
    tier: count,
    failures: count,
    complete: count,
    incomplete: count,
    peers: count,
    isWorking: flag,
    nextInSeconds: figure,
    error: anyText,
    errorCode: anyText,
  },
  ["url", "tier", "failures", "peers", "isWorking"],
);

/** The tiers of trackers of a torrent. */
export const shownTiers = list(
  record(
    {
      complete: count,
      incomplete: count,
      failures: count,
      trackers: list(shownTracker, mostTrackers),
    },
    ["complete", "incomplete", "failures", "trackers"],
  ),
  mostTrackers,
);

/** The web seeds of a torrent. */
export const shownWebSeeds = list(
  record(
    {
      url: anyText,
      state: word("idle", "connecting", "connected", "resting", "off"),
      downloadedBytes: count,
      downBytesPerSecond: pace,
      nextInSeconds: figure,
      error: fault,
    },
    ["url", "state", "downloadedBytes", "downBytesPerSecond"],
  ),
  mostTrackers,
);

/** The counts that trackers have of a torrent. */
export const shownScrapes = list(
  record({ url: anyText, complete: count, incomplete: count, downloaded: count, error: fault }, [
    "url",
  ]),
  mostTrackers,
);

/** Trackers in use, and how long they permit no announce. */
export const shownWaits = list(
  record({ url: anyText, inSeconds: count }, ["url", "inSeconds"]),
  mostTrackers,
);

/** The pieces of a torrent, a bit each in wire order. */
export const shownPieces = record(
  {
    pieces: whole(0, mostPieces),
    pieceLengthBytes: count,
    lastPieceLengthBytes: count,
    had: base64(mostPieces / 8),
    wanted: base64(mostPieces / 8),
  },
  ["pieces", "pieceLengthBytes", "lastPieceLengthBytes", "had", "wanted"],
);

/** The last pieces that were downloaded. */
export const shownOrigins = list(
  record(
    {
      piece,
      verified: flag,
      at: count,
      tookMs: figure,
      contributors: list(hostAndPort, mostPeers),
    },
    ["piece", "verified", "at", "tookMs", "contributors"],
  ),
  mostPieces,
);

/** The part file of a torrent, if there is one. */
export const shownPartFile = record({
  partFile: record(
    { path: anyText, pieces: list(piece, mostPieces), files: list(count, mostFiles) },
    ["path", "pieces", "files"],
  ),
});

/** The result of a hash check. */
export const shownCheck = record(
  { passed: count, failed: count, failedPieces: list(piece, mostPieces) },
  ["passed", "failed", "failedPieces"],
);

/** A .torrent. */
export const torrentBytes = base64(mostTorrentBytes);
