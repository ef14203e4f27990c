// The connections of all torrents together, dials included. At the limit, the torrent with the most gives up a
// connection for a torrent with less than its equal share.

import type { Engine } from "../../engine/base/engine-state.ts";
import type { TorrentJob } from "../torrent-job.ts";

/** The parts of the engine that connections are counted and closed with. */
export type ConnectionServices = Pick<Engine, "network" | "options" | "peerWorkers" | "torrents">;

/** Torrents with their share leave a sixteenth of all connections to others. */
const keptPart = 16;
/** The peer-worker's bound. */
const connectionsPerWebSeed = 3;
/** Connections closed per second to make room. */
const closingsPerSecond = 8;

/** @returns Whether a torrent may have another connection. Makes room for a torrent below its share. */
export function makeRoomFor(engine: ConnectionServices, job: TorrentJob): boolean {
  const place = roomFor(engine, job);
  if (place === "owed") closeRichestPeer(engine);
  return place === "free";
}

function roomFor(engine: ConnectionServices, job: TorrentJob): "free" | "owed" | "none" {
  const { peers } = engine.options.descriptors;
  const running = runningJobs(engine);
  const used = running.reduce((total, other) => total + connectionsOf(engine, other), 0);
  const kept = running.length > 1 ? Math.ceil(peers / keptPart) : 0;
  const hasShare = connectionsOf(engine, job) >= shareOf(peers, running);
  if (hasShare) return peers - used > kept ? "free" : "none";
  return used < peers ? "free" : "owed";
}

/** Closes the latest connection of the torrent furthest beyond its share. */
function closeRichestPeer(engine: ConnectionServices): void {
  if (engine.network.closedForRoomThisSecond >= closingsPerSecond) return;
  const running = runningJobs(engine);
  const [richest] = running.toSorted((one, other) => other.peers.size - one.peers.size);
  const share = shareOf(engine.options.descriptors.peers, running);
  if (richest === undefined || richest.peers.size <= share) return;
  const latest = [...richest.peers.connected()].filter(({ isWebSeed }) => !isWebSeed).at(-1);
  if (latest === undefined) return;
  engine.network.closedForRoomThisSecond++;
  engine.peerWorkers[latest.worker]?.calls.cast("close-peer", {
    torrent: richest.id,
    peer: latest.rowIndex,
    reason: "connections-short",
  });
}

function runningJobs({ torrents }: Pick<Engine, "torrents">): TorrentJob[] {
  return [...torrents.values()].filter(({ isInSwarm }) => isInSwarm);
}

function shareOf(peers: number, running: readonly TorrentJob[]): number {
  return Math.max(1, Math.floor(peers / running.length));
}

function connectionsOf(
  { peerWorkers }: ConnectionServices,
  { id, content, peers }: TorrentJob,
): number {
  const ofWebSeeds = (content?.webSeeds.openCount ?? 0) * connectionsPerWebSeed;
  return peerWorkers.reduce((total, { dials }) => total + dials.count(id), peers.size + ofWebSeeds);
}
