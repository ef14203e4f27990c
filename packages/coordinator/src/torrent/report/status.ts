import {
  plainTcp,
  PeerField,
  PeerFlag,
  PeerWord,
  type PeerRow,
  type PeerStatus,
  type TorrentProgress,
  type TorrentStatus,
  type Transport,
} from "@troupe/messages";
import { lifetimeOf } from "../storage/record-updates.ts";
import { availabilityOf } from "./availability.ts";
import { trackerStatus } from "../torrent-announcer.ts";
import { webSeedStatus } from "../web-seeds/web-seed-status.ts";
import { peerFlags, type FlaggedPeer } from "./peer-flags.ts";
import { pieceStrip } from "./piece-strip.ts";
import { nameOfClient } from "../swarm/admitted-peer.ts";
import { dhtStatusOf } from "../dht-peers.ts";
import type { ConnectedPeer } from "../swarm/connected-peers.ts";
import type { TorrentContent } from "../torrent-content.ts";
import { hasContent, type JobWithContent, type TorrentJob } from "../torrent-job.ts";
import type { Traffic, UploadsByTransport } from "./traffic.ts";
import { whyNow, type WhyServices } from "./why-input.ts";

const noProgress: TorrentProgress = {
  haveBytes: 0,
  wantedBytes: 0,
  downloadedBytes: 0,
  uploadedBytes: 0,
  wastedBytes: 0,
  failedHashBytes: 0,
  protocolDownBytes: 0,
  protocolUpBytes: 0,
  downBytesPerSecond: 0,
  upBytesPerSecond: 0,
  peers: 0,
  seeds: 0,
  sendingPeers: 0,
  gettingPeers: 0,
};

/** Once a second. All figures use the peer-worker's average, so that the rows of peers add up to the torrent's rate. */
export function updateRates({ peers, content }: JobWithContent): void {
  const { traffic } = content;
  const { givers, peerCounts, rates, workerRates } = traffic;
  const { pieceCount } = content.ledger.geometry;
  resetRates(traffic);
  for (const { kind, worker, rowIndex } of peers.connected()) {
    const row = traffic.row(worker, rowIndex);
    if (row === undefined) continue;
    const downBytesPerSecond = row.field(PeerField.downBytesPerSecond);
    rates.downBytesPerSecond += downBytesPerSecond;
    traffic.fastestBytesPerSecond = Math.max(traffic.fastestBytesPerSecond, downBytesPerSecond);
    workerRates[worker] = (workerRates[worker] ?? 0) + downBytesPerSecond;
    const upBytesPerSecond = row.field(PeerField.upBytesPerSecond);
    rates.upBytesPerSecond += upBytesPerSecond;
    if (row.word(PeerWord.haveCount) === pieceCount) peerCounts.seeds++;
    if (downBytesPerSecond > 0) peerCounts.sending++;
    if (upBytesPerSecond > 0) peerCounts.getting++;
    countUpload(traffic.uploads, row, kind?.transport, upBytesPerSecond);
    if (isGiver(row)) (givers[worker] ??= []).push(row);
  }
}

function countUpload(
  uploads: UploadsByTransport,
  row: PeerRow,
  transport: Transport | undefined,
  bytesPerSecond: number,
): void {
  if (row.flag(PeerFlag.isHeldBack)) uploads.heldBackPeers++;
  if (bytesPerSecond === 0) return;
  if (transport === "utp") {
    uploads.utpPeers++;
    uploads.utpBytesPerSecond += bytesPerSecond;
  } else uploads.tcpPeers++;
}

function isGiver(row: PeerRow): boolean {
  return !row.flag(PeerFlag.amChokedByPeer) && !row.flag(PeerFlag.isSnubbed);
}

/** Forgets the figures of the moment when a run ends. */
export function resetFigures(traffic: Traffic): void {
  resetRates(traffic);
  traffic.copies = undefined;
}

/** Looks at the availability of a torrent that downloads: a look takes a millisecond for 100,000 pieces. */
export function noteAvailability({ isRunning, content }: JobWithContent): void {
  const { ledger, traffic } = content;
  const isDownload = isRunning && !ledger.isComplete;
  traffic.copies = isDownload ? availabilityOf(ledger, traffic.availability()) : undefined;
}

function resetRates(traffic: Traffic): void {
  const { givers, peerCounts, rates, uploads, workerRates } = traffic;
  peerCounts.seeds = 0;
  peerCounts.sending = 0;
  peerCounts.getting = 0;
  uploads.tcpPeers = 0;
  uploads.utpPeers = 0;
  uploads.heldBackPeers = 0;
  uploads.utpBytesPerSecond = 0;
  traffic.fastestBytesPerSecond = 0;
  givers.length = 0;
  workerRates.length = 0;
  rates.downBytesPerSecond = 0;
  rates.upBytesPerSecond = 0;
}

/** The figures of this moment. */
export function progressOf(job: TorrentJob): TorrentProgress {
  return hasContent(job)
    ? progressOfContent(job)
    : { ...noProgress, peers: job.peers.connectedCount, ...swarmOf(job) };
}

function progressOfContent(job: JobWithContent): TorrentProgress {
  const { ledger, traffic } = job.content;
  const { copies, peerCounts, rates } = traffic;
  const { downBytesPerSecond, upBytesPerSecond } = rates;
  const { completedAt, activeAt } = job.earlierRuns.dates;
  const { haveBytes, leftBytes: left } = ledger;
  return {
    haveBytes,
    wantedBytes: haveBytes + left,
    downloadedBytes: traffic.total("downloadedBytes"),
    uploadedBytes: traffic.total("uploadedBytes"),
    wastedBytes: traffic.total("wastedBytes") + traffic.failedHashBytes,
    failedHashBytes: traffic.failedHashBytes,
    protocolDownBytes: traffic.total("protocolDownBytes"),
    protocolUpBytes: traffic.total("protocolUpBytes"),
    downBytesPerSecond: Math.round(downBytesPerSecond),
    upBytesPerSecond: Math.round(upBytesPerSecond),
    peers: job.peers.connectedCount,
    seeds: peerCounts.seeds,
    sendingPeers: peerCounts.sending,
    gettingPeers: peerCounts.getting,
    ...swarmOf(job),
    ...(copies !== undefined && !ledger.isComplete && { availability: copies }),
    ...(completedAt !== undefined && { completedAt }),
    ...(activeAt !== undefined && { activeAt }),
    ...etaOf(job, left),
    ...(job.earlierRuns.counters !== undefined && { lifetime: lifetimeOf(job) }),
  };
}

function swarmOf({
  swarmCounts: { leechers, seeds },
}: TorrentJob): Pick<TorrentProgress, "swarmLeechers" | "swarmSeeds"> {
  return {
    ...(seeds !== undefined && { swarmSeeds: seeds }),
    ...(leechers !== undefined && { swarmLeechers: leechers }),
  };
}

/** A torrent that waits for its disk or its user has no ETA. */
function etaOf(
  { state, content }: JobWithContent,
  leftBytes: number,
): { readonly etaSeconds?: number } {
  const { downBytesPerSecond } = content.traffic.rates;
  if (state !== "active" || leftBytes === 0 || downBytesPerSecond === 0) return {};
  return { etaSeconds: Math.ceil(leftBytes / downBytesPerSecond) };
}

/** All figures of this moment. */
export function statusOf(engine: WhyServices, job: TorrentJob): TorrentStatus {
  const { content } = job;
  const dht = dhtStatusOf(engine, job);
  return {
    state: job.state,
    ...(job.fault !== undefined && { fault: job.fault }),
    ...namesOf(job),
    ...(job.superSeed.isOn && { isSuperSeeding: true }),
    progress: progressOf(job),
    bitfield: content?.ledger.map.snapshot() ?? new Uint8Array(),
    peers: [...job.peers.connected()].map((peer) => peerStatus(job, peer)),
    trackers: trackerStatus(job),
    webSeeds: webSeedStatus(job, engine.context.clock.nowMs()),
    ...(dht !== undefined && { dht }),
    strip: content === undefined ? new Uint8Array() : stripOf(content),
    ...(content !== undefined && {
      availability: availabilityOf(content.ledger, content.traffic.availability()),
    }),
    why: whyNow(engine, job),
  };
}

function namesOf({ request }: TorrentJob): Pick<TorrentStatus, "group" | "labels"> {
  const { group, labels = [] } = request.settings;
  return { labels, ...(group !== undefined && { group }) };
}

function stripOf({ ledger, traffic }: TorrentContent): Uint8Array {
  return pieceStrip(ledger, traffic.availability());
}

function peerStatus(
  { choker, content, directory }: TorrentJob,
  peer: ConnectedPeer & { rowIndex: number },
): PeerStatus {
  const row = content?.traffic.row(peer.worker, peer.rowIndex);
  const field = (at: number): number => row?.field(at) ?? 0;
  const flag = (bit: number): boolean => row?.flag(bit) ?? false;
  const word = (at: number): number => row?.word(at) ?? 0;
  const listenPort = peer.isIncoming ? peer.listenPort : peer.port;
  const status: FlaggedPeer = {
    host: peer.host,
    port: peer.port,
    isIncoming: peer.isIncoming,
    ...(peer.kind ?? plainTcp),
    sources: listenPort === undefined ? [] : directory.sourcesOf(peer.host, listenPort),
    client: nameOfClient(peer),
    haveShare: word(PeerWord.haveCount) / (content?.ledger.geometry.pieceCount ?? 1),
    downloadedBytes: field(PeerField.downloadedBytes),
    uploadedBytes: field(PeerField.uploadedBytes),
    downBytesPerSecond: Math.round(field(PeerField.downBytesPerSecond)),
    upBytesPerSecond: Math.round(field(PeerField.upBytesPerSecond)),
    amInterested: flag(PeerFlag.amInterested),
    isPeerInterested: flag(PeerFlag.isPeerInterested),
    amChokedByPeer: flag(PeerFlag.amChokedByPeer),
    isPeerChoked: flag(PeerFlag.isPeerChoked),
    isSnubbed: flag(PeerFlag.isSnubbed),
    isOptimistic: choker.isOptimistic(peer),
    hasFast: flag(PeerFlag.hasFast),
    isUploadOnly: flag(PeerFlag.isUploadOnly),
    requestsOut: word(PeerWord.requestsOut),
    requestsIn: word(PeerWord.requestsIn),
    roundTripMs: Math.round(field(PeerField.roundTripMs)),
    blockTimeMs: Math.round(field(PeerField.blockTimeMs)),
  };
  return { ...status, flags: peerFlags(status) };
}
