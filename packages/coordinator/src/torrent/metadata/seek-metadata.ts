// The metadata of a magnet link, from the first connection to the content of the torrent.

import type { MessageOf } from "@troupe/actor-runtime";
import {
  shareBytes,
  type CallRefusal,
  type EngineProtocol,
  type PeerProtocol,
} from "@troupe/messages";
import { trailingBytes } from "@troupe/protocol/bencode";
import { wrapInfo, type Metainfo, type NameRule } from "@troupe/protocol/metainfo";
import type { Engine } from "../../engine/base/engine-state.ts";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import { infoOf, readContent, refusePriorities } from "../content-gate.ts";
import { joinSwarm } from "../join-swarm.ts";
import { banPeer } from "../swarm/peers.ts";
import { leaveDht } from "../dht-peers.ts";
import { endLocalAnnounces } from "../local-announces.ts";
import { applyPrivacy } from "../torrent-announcer.ts";
import { hasContent, type TorrentJob } from "../torrent-job.ts";
import { sharedContent } from "../torrent-content.ts";
import { maySeek } from "../queue/torrent-queue.ts";
import { peerKey, placeOf, type JobMagnet } from "./job-magnet.ts";
import { metadataRequestsAtOnce } from "./metadata-peer.ts";

type Message<Name extends keyof PeerProtocol> = MessageOf<PeerProtocol, Name>;

/** Begins a run: opens the torrent in every peer-worker, dials and announces. Without a place in the queue it waits. */
export function seekMetadata(engine: Engine, job: TorrentJob): void {
  const { magnet, request } = job;
  if (magnet === undefined) return;
  if (!maySeek(engine, job)) return job.life.dispatch({ event: "queued", isComplete: false });
  magnet.soughtSinceMs = engine.context.clock.nowMs();
  job.limits.sizeTables(request.maxPeers);
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
export function fetchMore(
  engine: Pick<Engine, "context" | "network" | "peerWorkers">,
  job: TorrentJob,
): void {
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
  reportFound(engine, job, magnet);
}

/** The library has saved the .torrent: the torrent opens its files, and its connections stay. */
export function acceptMetadata(
  engine: Pick<Engine, "context" | "peerWorkers">,
  job: TorrentJob,
  { priorities }: MessageOf<EngineProtocol, "accept-metadata">,
): Required<CallRefusal> | Record<string, never> {
  if (hasContent(job)) return {};
  const found = job.magnet?.found;
  if (found === undefined) {
    return { refused: "metadata-unknown", message: `the metadata of ${job.name} is not here yet` };
  }
  const refused = refusePriorities(found.metainfo, priorities);
  if (refused !== undefined) return refused;
  if (priorities !== undefined) job.request = { ...job.request, priorities };
  const { metainfo, info } = sharedContent(found.metainfo, found.torrent);
  job.setContent(metainfo, info, engine.context.random);
  if (hasContent(job)) applyPrivacy(engine, job);
  job.magnet?.accepted();
  job.life.dispatch({ event: "metadata-complete" });
  return {};
}

/** Sends the library what was found, once a run. */
function reportFound(engine: Pick<Engine, "network">, job: TorrentJob, magnet: JobMagnet): void {
  const info = magnet.fetch?.metadata;
  if (info === undefined || magnet.reportedRun === job.life.runs) return;
  magnet.reportedRun = job.life.runs;
  const { trackers, link } = magnet;
  const torrent = wrapInfo({ info, trackers, webSeeds: link.webSeeds });
  const metainfo = readMetadata(torrent, info, job.request.names);
  if ("refused" in metainfo) {
    job.life.fail({ code: metainfo.refused, message: metainfo.message });
    return;
  }
  const memory = shareBytes(torrent);
  magnet.found = { metainfo, torrent: memory };
  if (metainfo.isPrivate) {
    endLocalAnnounces(engine, job);
    leaveDht(engine, job);
  }
  job.limits.sizeTables(job.request.maxPeers, metainfo.geometry.pieceCount);
  job.outbox.emit({ event: "metadata", metainfo: memory, info: infoOf(job, metainfo) });
  job.outbox.flush();
}

/** Bytes after the dictionary would be other fields of the .torrent, and its info-hash another one. */
function readMetadata(
  torrent: Uint8Array,
  info: Uint8Array,
  names: NameRule | undefined,
): Metainfo | Required<CallRefusal> {
  const metainfo = readContent(torrent, { source: "network", names });
  if ("refused" in metainfo) return metainfo;
  const { start, end } = metainfo.infoSpan;
  if (end - start === info.length) return metainfo;
  const { code, message } = trailingBytes(info.length, end - start);
  return { refused: code, message };
}
