// The torrents that the DHT node looks up, and the peers that it finds. A private torrent has no part in the DHT (BEP 27).

import type { MessageOf } from "@troupe/actor-runtime";
import {
  EngineStep,
  type DhtTorrentStatus,
  type PeerProtocol,
  type TorrentId,
} from "@troupe/messages";
import {
  type PeerAddress,
  addressKey,
  classifyAddress,
  subscriberOf,
} from "@troupe/protocol/address";
import { versionOf, wireHashes, type HashVersion } from "@troupe/protocol/identity";
import type { InfoHash } from "@troupe/protocol/units";
import { withBreadcrumb } from "../engine/base/breadcrumb.ts";
import type { Engine } from "../engine/base/engine-state.ts";
import type { PeerWorkerHandle } from "../engine/base/peer-worker-handle.ts";
import { dialSoon, needsPeers, type DialServices } from "./swarm/dial-schedule.ts";
import type { TorrentJob } from "./torrent-job.ts";

/** Whether the torrent may use the DHT. A magnet without metadata is not known to be private. */
export function usesDht({ options }: Pick<Engine, "options">, job: TorrentJob): boolean {
  return options.dht !== undefined && job.metainfo?.isPrivate !== true;
}

/** The torrent is looked up until it leaves, or its metadata says that it is private. */
export function joinDht(engine: DhtSwarmServices, job: TorrentJob): void {
  const { dht } = engine.network;
  if (dht === undefined || !usesDht(engine, job)) return;
  if (dht.offReason !== undefined) warnDhtOff(job, dht.offReason);
  else for (const hash of wireHashes(job.identity)) dht.join(torrentFor(engine, job, hash));
}

/** The torrent leaves the swarm, or is private. */
export function leaveDht({ network }: Pick<Engine, "network">, job: TorrentJob): void {
  for (const infoHash of wireHashes(job.identity)) network.dht?.leave({ infoHash });
}

/** A node names peers of a torrent: unverified addresses of this node. */
export function dhtPeersFound(
  engine: DialServices,
  { id, version }: { readonly id: TorrentId; readonly version?: HashVersion },
  { host, port }: PeerAddress,
  peers: readonly PeerAddress[],
): void {
  const job = engine.torrents.get(id);
  if (job === undefined || !job.isInSwarm || !usesDht(engine, job)) return;
  const source = classifyAddress(host) === "local" ? "dht-local" : "dht-internet";
  // The nodes of one internet line are one teller.
  const origin = `dht ${subscriberOf(host) ?? addressKey(host, port)}`;
  withBreadcrumb(engine, job, EngineStep.dht, () => {
    job.directory.addAll(peers, source, origin, version);
    dialSoon(engine);
  });
}

/** A peer has named the port of its DHT node. */
export function dhtPortNamed(
  engine: Pick<Engine, "network" | "options">,
  job: TorrentJob,
  { index }: PeerWorkerHandle,
  { peer, port }: MessageOf<PeerProtocol, "dht-port">,
): void {
  const connected = job.peers.at(index, peer);
  if (connected !== undefined && usesDht(engine, job))
    engine.network.dht?.portNamed(connected.host, port);
}

/** There is no DHT node until the engine ends. */
export function warnDhtOff(job: TorrentJob, reason: string): void {
  const message = `the DHT is off, and peers are found by other ways only: ${reason}`;
  job.outbox.emit({ event: "warning", code: "dht-off", message });
}

/** The torrent in the DHT at this moment, by its first hash. */
export function dhtStatusOf(
  { network: { dht } }: Pick<Engine, "network">,
  job: TorrentJob,
): DhtTorrentStatus | undefined {
  const counts = dht?.counts;
  const turn = dht?.statusOf(job);
  if (counts === undefined || turn === undefined) return undefined;
  const { downloadsMs, allMs } = counts.rounds;
  return {
    nodes: counts.nodes4 + counts.nodes6,
    ...(turn.lastRound !== undefined && { peers: turn.lastRound.peers }),
    isAsking: turn.isUnderWay,
    nextInSeconds: Math.ceil(turn.nextInMs / 1_000),
    roundSeconds: Math.round((isDownload(job) ? downloadsMs : allMs) / 1_000),
  };
}

/** The parts of the engine that look torrents up. */
type DhtSwarmServices = Pick<Engine, "network" | "options" | "peerWorkers">;

/** The parts of a torrent that its announces need; they change as it goes. */
function torrentFor(engine: DhtSwarmServices, job: TorrentJob, infoHash: InfoHash) {
  const { id, identity } = job;
  return {
    id,
    infoHash,
    version: versionOf(identity, infoHash),
    nodes: job.metainfo?.nodes ?? [],
    isAnnounced: job.request.mode !== "metadata-only",
    get isSeed() {
      return job.isComplete;
    },
    get isDownload() {
      return isDownload(job);
    },
    get lacksPeers() {
      return needsPeers(engine, job);
    },
  };
}

function isDownload(job: TorrentJob): boolean {
  return !job.isComplete && job.state !== "paused";
}
