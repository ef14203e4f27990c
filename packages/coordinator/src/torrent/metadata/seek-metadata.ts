// The metadata of a magnet link, from the first connection to the content of the torrent.

import type { MessageOf } from "@troupe/actor-runtime";
import {
  shareBytes,
  type CallRefusal,
  type ApiProtocol,
  type MetadataWait,
  type PeerProtocol,
} from "@troupe/messages";
import { trailingBytes } from "@troupe/protocol/bencode";
import { wrapInfo, type Metainfo } from "@troupe/protocol/metainfo";
import { failEngine } from "../../engine/base/breadcrumb.ts";
import type { Engine } from "../../engine/base/engine-state.ts";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import { infoOf, readContent, refuseNames, refusePriorities } from "../content-gate.ts";
import { joinSwarm } from "../join-swarm.ts";
import { banPeer } from "../swarm/peers.ts";
import { leaveDht } from "../dht-peers.ts";
import { endLocalAnnounces } from "../local-announces.ts";
import { followMetadata } from "../torrent-announcer.ts";
import { tendHashes } from "../hashes/fetch-layers.ts";
import { setPriorities } from "../pieces/set-priorities.ts";
import { hasContent, type JobWithContent, type TorrentJob } from "../torrent-job.ts";
import { sharedContent } from "../torrent-content.ts";
import { maySeek } from "../queue/torrent-queue.ts";
import { prioritiesSince, selectedFiles } from "../../file-priorities.ts";
import { openForLayers, seeksLayers, withLayers } from "./magnet-layers.ts";
import { learnHashes, refuseOtherHash } from "./learn-hashes.ts";
import { peerKey, placeOf, type FoundMetadata, type JobMagnet } from "./job-magnet.ts";
import { metadataRequestsAtOnce } from "./metadata-peer.ts";
import { saveTorrent } from "./save-torrent.ts";

/** The longest wait for the program, by kind. */
const waitsMs: Readonly<Record<MetadataWait, number>> = {
  none: 0,
  listener: 5_000,
  function: Infinity,
};

type Message<Name extends keyof PeerProtocol> = MessageOf<PeerProtocol, Name>;

/** Begins a run: opens the torrent in every peer-worker, dials and announces. Without a place in the queue it waits. */
export function seekMetadata(engine: Engine, job: TorrentJob): void {
  const { magnet } = job;
  if (magnet === undefined) return;
  if (!maySeek(engine, job)) return job.life.dispatch({ event: "queued", isComplete: false });
  magnet.soughtSinceMs = engine.context.clock.nowMs();
  job.limits.sizeTables(job.setting("maxPeers"));
  joinSwarm(engine, job);
  // An earlier run may have fetched it.
  reportFound(engine, job, magnet);
}

/** A peer offers the metadata. */
export function metadataOffered(
  engine: Engine,
  job: TorrentJob,
  { index }: PeerWorkerHandle,
  { peer, sizeBytes }: Message<"metadata-offered">,
): void {
  const connected = job.peers.at(index, peer);
  if (connected === undefined) return;
  const nowMs = engine.context.clock.nowMs();
  const { host, peerId } = connected;
  const offer = { sizeBytes, host, requestsAtOnce: metadataRequestsAtOnce(peerId) };
  job.magnet?.fetch?.offered(peerKey(index, peer), offer, nowMs);
  fetchMore(engine, job);
}

/** A block has come. */
export function metadataReceived(
  engine: Engine,
  job: TorrentJob,
  { index }: PeerWorkerHandle,
  { peer, ...block }: Message<"metadata-block">,
): void {
  job.magnet?.fetch?.received(peerKey(index, peer), block, engine.context.clock.nowMs());
  fetchMore(engine, job);
}

/** A peer does not send a block. */
export function metadataRejected(
  engine: Engine,
  job: TorrentJob,
  { index }: PeerWorkerHandle,
  { peer, block }: Message<"metadata-rejected">,
): void {
  job.magnet?.fetch?.rejected(peerKey(index, peer), block, engine.context.clock.nowMs());
  fetchMore(engine, job);
}

/** Requests what is to be requested now. After each event, and at each tick. */
export function fetchMore(engine: Engine, job: TorrentJob): void {
  const { magnet } = job;
  if (magnet?.fetch === undefined || job.life.run.state !== "metadata") return;
  const { asks, banned } = magnet.fetch.decide(engine.context.clock.nowMs());
  for (const { key, block } of asks) {
    const [worker, peer] = placeOf(key);
    engine.peerWorkers[worker]?.calls.cast("ask-metadata", { torrent: job.id, peer, block });
  }
  for (const key of banned) {
    const [worker, peer] = placeOf(key);
    const connected = job.peers.at(worker, peer);
    if (connected !== undefined) banPeer(engine, job, connected, "bad-metadata");
  }
  if (hasContent(job)) tendHashes(engine, job);
  reportFound(engine, job, magnet);
}

/**
 * The program has handled the event `metadata`. A torrent that has waited for this opens its files; another one takes the
 * priorities that the program has changed since.
 */
export function acceptMetadata(
  engine: Engine,
  job: TorrentJob,
  { priorities }: MessageOf<ApiProtocol, "accept-metadata">,
): void {
  const { magnet, metainfo } = job;
  if (metainfo === undefined || refusePriorities(metainfo, priorities) !== undefined) return;
  if (hasContent(job)) return changePriorities(engine, job, priorities);
  if (magnet?.found !== undefined)
    takeContent(engine, job, magnet, { ...magnet.found, priorities });
}

/** The program has begun or ceased to listen for the metadata. */
export function setMetadataWait(
  engine: Engine,
  job: TorrentJob,
  { wait }: MessageOf<ApiProtocol, "set-metadata-wait">,
): void {
  job.request = { ...job.request, metadataWait: wait };
  if (job.magnet !== undefined) continueWhenDue(engine, job, job.magnet);
}

/** Gives a magnet the dictionary `info` of its hash. @returns Whether it was missing. */
export function giveMetadata(engine: Engine, job: TorrentJob, info: Uint8Array): boolean {
  const { magnet } = job;
  if (magnet?.fetch === undefined || magnet.fetch.metadata !== undefined) return false;
  magnet.fetch.give(info);
  if (job.life.run.state === "metadata") reportFound(engine, job, magnet);
  return true;
}

/** Sends the library what was found, once a run, and continues unless the program is to be waited for. */
function reportFound(engine: Engine, job: TorrentJob, magnet: JobMagnet): void {
  const info = magnet.fetch?.metadata;
  if (info === undefined) return;
  if (magnet.reported?.run !== job.life.runs && !reportOnce(engine, job, magnet, info)) return;
  continueWhenDue(engine, job, magnet);
}

/** @returns False for metadata that the torrent cannot use: it has failed. */
function reportOnce(engine: Engine, job: TorrentJob, magnet: JobMagnet, info: Uint8Array): boolean {
  magnet.reported = { run: job.life.runs, atMs: engine.context.clock.nowMs() };
  const { trackers, link } = magnet;
  const torrent = wrapInfo({ info, trackers, webSeeds: link.webSeeds });
  const metainfo = readMetadata(torrent, info, job.request);
  if ("refused" in metainfo) return fail(job, metainfo);
  const other = refuseOtherHash(link, metainfo);
  if (other !== undefined) return fail(job, other);
  const twins = learnHashes(engine, job, magnet, metainfo);
  if (twins?.isFirst === true) {
    giveMetadata(engine, twins.twin, info);
    return false;
  }
  const priorities = job.request.priorities ?? selectedFiles(link.selected, metainfo.files.length);
  const memory = shareBytes(torrent);
  magnet.found = { metainfo, torrent: memory, priorities };
  if (metainfo.isPrivate) {
    endLocalAnnounces(engine, job);
    leaveDht(engine, job);
  }
  const refused = refusePriorities(metainfo, priorities) ?? refuseNames(metainfo, job.request);
  if (refused !== undefined) return fail(job, refused);
  job.limits.sizeTables(job.setting("maxPeers"), metainfo.geometry.pieceCount);
  if (job.request.mode === "metadata-only") openForLayers(engine, job, magnet.found);
  else tellProgram(job, magnet.found);
  return true;
}

function tellProgram(job: TorrentJob, { metainfo, torrent }: FoundMetadata): void {
  job.outbox.emit({ event: "metadata", metainfo: torrent, info: infoOf(job, metainfo) });
  job.outbox.flush();
}

function fail(job: TorrentJob, { refused, message }: Required<CallRefusal>): false {
  job.life.fail({ code: refused, message });
  return false;
}

/** Opens the files of a torrent that has waited long enough for its program. */
function continueWhenDue(engine: Engine, job: TorrentJob, magnet: JobMagnet): void {
  const { found, reported } = magnet;
  if (found === undefined || reported === undefined || job.life.run.state !== "metadata") return;
  if (job.request.mode === "metadata-only") return endWithMetadata(engine, job, found);
  if (job.setting("stopAt") === "metadata" && !magnet.hasStopped)
    return stopWithContent(engine, job, magnet, found);
  const waitMs = magnet.hasLearned ? Infinity : waitsMs[job.request.metadataWait ?? "none"];
  const waitedMs = engine.context.clock.nowMs() - reported.atMs;
  if (reported.run === job.life.runs && waitedMs >= waitMs) takeContent(engine, job, magnet, found);
}

/** The program gets the .torrent, with the hash layers if peers have sent all of them in time. */
function endWithMetadata(engine: Engine, job: TorrentJob, found: FoundMetadata): void {
  if (seeksLayers(engine, job)) return;
  tellProgram(job, withLayers(job, found));
  void job.life.stop();
}

/** The torrent stops, and its next start opens its files. */
function stopWithContent(
  engine: Engine,
  job: TorrentJob,
  magnet: JobMagnet,
  found: FoundMetadata,
): void {
  magnet.hasStopped = true;
  const stopped = (): void => {
    // The program may have started it again.
    if (job.state === "stopped" && !hasContent(job)) takeContent(engine, job, magnet, found);
  };
  job.life.stop().then(stopped, (error: unknown) => failEngine(engine, job, error));
}

/** The torrent opens its files, and its connections stay. A stopped torrent opens them at its next start. */
function takeContent(
  engine: Engine,
  job: TorrentJob,
  magnet: JobMagnet,
  { metainfo: found, torrent, priorities }: FoundMetadata,
): void {
  if (priorities !== undefined) job.request = { ...job.request, priorities };
  job.setContent(sharedContent(found, torrent), engine.context.random);
  if (hasContent(job)) followMetadata(engine, job);
  magnet.end();
  saveTorrent(engine, job, torrent);
  job.life.dispatch({ event: "metadata-complete" });
}

function changePriorities(engine: Engine, job: JobWithContent, wanted: readonly number[]): void {
  const priorities = prioritiesSince(job.content.files.list(), wanted);
  if (priorities.length > 0) setPriorities(engine, job, { torrent: job.id, priorities });
}

/** Bytes after the dictionary would be other fields of the .torrent, and its info-hash another one. */
function readMetadata(
  torrent: Uint8Array,
  info: Uint8Array,
  { names, settings }: TorrentJob["request"],
): Metainfo | Required<CallRefusal> {
  const metainfo = readContent(torrent, { source: "network", names, layout: settings.layout });
  if ("refused" in metainfo) return metainfo;
  const { start, end } = metainfo.infoSpan;
  if (end - start === info.length) return metainfo;
  const { code, message } = trailingBytes(info.length, end - start);
  return { refused: code, message };
}
