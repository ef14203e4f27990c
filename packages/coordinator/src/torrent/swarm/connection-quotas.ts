// The connections of all torrents together, dials included. At the limit, the torrent furthest beyond its quota gives up a
// connection for a torrent with less than its quota: equal parts, by their weights.

import type { Engine } from "../../engine/base/engine-state.ts";
import type { TorrentJob } from "../torrent-job.ts";
import { weightOf } from "../weight.ts";

/** The parts of the engine that connections are counted and closed with. */
export type ConnectionServices = Pick<Engine, "network" | "options" | "peerWorkers" | "torrents">;

/** Torrents with their quota leave a sixteenth of all connections to others. */
const keptPart = 16;
/** The peer-worker's bound. */
export const connectionsPerWebSeed = 3;
/** Connections closed per second to make room. */
const closingsPerSecond = 8;

/** @returns Whether a torrent may have another connection. Makes room for a torrent below its quota. */
export function makeRoomFor(engine: ConnectionServices, job: TorrentJob): boolean {
  return new ConnectionRoom(engine).makeFor(job);
}

/**
 * Room for the torrents of a turn. It counts the connections of thousands of torrents once, not for each of them; a
 * connection that closes meanwhile is not noticed.
 */
export class ConnectionRoom {
  readonly #engine: ConnectionServices;
  #running: readonly TorrentJob[] | undefined;
  #used = 0;
  /** The weights of the running torrents together. */
  #weight = 0;
  /** A closing shows in a later turn: another would be of the same peer. */
  #hasClosed = false;

  constructor(engine: ConnectionServices) {
    this.#engine = engine;
  }

  /**
   * @param connections They count from here on if the answer is true.
   * @returns Whether a torrent may have so many more connections. Makes room for a torrent below its quota.
   */
  makeFor(job: TorrentJob, connections = 1): boolean {
    const room = this.#roomFor(job, connections);
    if (room === "free") this.#used += connections;
    if (room === "owed") this.#closeRichestPeer();
    return room === "free";
  }

  #roomFor(job: TorrentJob, connections: number): "free" | "owed" | "none" {
    const { peers } = this.#engine.options.descriptors;
    const running = this.#count();
    const left = peers - this.#used - connections;
    const kept = running.length > 1 ? Math.ceil(peers / keptPart) : 0;
    const hasQuota = connectionsOf(this.#engine, job) >= this.#quotaOf(job);
    if (hasQuota) return left >= kept ? "free" : "none";
    return left >= 0 ? "free" : "owed";
  }

  #count(): readonly TorrentJob[] {
    if (this.#running !== undefined) return this.#running;
    this.#running = [...this.#engine.torrents.values()].filter(({ isInSwarm }) => isInSwarm);
    for (const job of this.#running) {
      this.#used += connectionsOf(this.#engine, job);
      this.#weight += weightOf(job);
    }
    return this.#running;
  }

  /** Closes the latest connection of the torrent furthest beyond its quota. */
  #closeRichestPeer(): void {
    const { network, peerWorkers } = this.#engine;
    if (this.#hasClosed || network.closedForRoomThisSecond >= closingsPerSecond) return;
    this.#hasClosed = true;
    const running = this.#count();
    const [richest] = running.toSorted((one, other) => this.#excessOf(other) - this.#excessOf(one));
    if (richest === undefined || this.#excessOf(richest) <= 0) return;
    const latest = [...richest.peers.connected()].filter(({ isWebSeed }) => !isWebSeed).at(-1);
    if (latest === undefined) return;
    network.closedForRoomThisSecond++;
    peerWorkers[latest.worker]?.calls.cast("close-peer", {
      torrent: richest.id,
      peer: latest.rowIndex,
      reason: "connections-short",
    });
  }

  /** Peers of a torrent beyond its quota. */
  #excessOf(job: TorrentJob): number {
    return job.peers.size - this.#quotaOf(job);
  }

  #quotaOf(job: TorrentJob): number {
    const { peers } = this.#engine.options.descriptors;
    return Math.max(1, Math.floor((peers * weightOf(job)) / this.#weight));
  }
}

function connectionsOf(
  { peerWorkers }: ConnectionServices,
  { id, content, peers }: TorrentJob,
): number {
  const ofWebSeeds = (content?.webSeeds.openCount ?? 0) * connectionsPerWebSeed;
  return peerWorkers.reduce((total, { dials }) => total + dials.count(id), peers.size + ofWebSeeds);
}
