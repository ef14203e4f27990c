// The connections of all torrents together, dials included. At the limit, the torrent furthest beyond its quota gives up a
// connection for a torrent with less than its quota: equal parts, by their weights. With more torrents than connections,
// torrents take turns: a connection is given up after a turn, for a torrent without one.

import type { Engine } from "../../engine/base/engine-state.ts";
import type { TorrentJob } from "../torrent-job.ts";
import { weightOf } from "../weight.ts";
import type { ConnectedPeer } from "./connected-peers.ts";

/** The parts of the engine that connections are counted and closed with. */
export type ConnectionServices = Pick<
  Engine,
  "context" | "network" | "options" | "peerWorkers" | "settings" | "torrents"
>;

/** Torrents with their quota leave a sixteenth of all connections to others. */
const keptPart = 16;
/** The peer-worker's bound. */
export const connectionsPerWebSeed = 3;
/** Connections closed per second to make room. */
const closingsPerSecond = 8;
/**
 * Connections of all torrents where the user sets no number for all, nor a larger one for a torrent: routers of homes keep
 * more than a thousand at a time.
 */
const usualConnections = 500;
/** Time that a torrent of weight 1 keeps a connection while torrents take turns: a piece of a slow peer takes that long. */
const shareTurnMs = 30_000;

/** The bound on the connections of all torrents together. @param running The torrents that may have connections. */
function connectionLimit(
  { options, settings }: Pick<Engine, "options" | "settings">,
  running: readonly TorrentJob[],
): number {
  const usual = running.reduce(
    (most, job) => Math.max(most, job.setting("maxPeers")),
    usualConnections,
  );
  return Math.min(settings.values.maxConnections ?? usual, options.descriptors.peers);
}

/** Closes the connections beyond a lowered bound. */
export function followMaxConnections(engine: ConnectionServices): void {
  new ConnectionRoom(engine).closeSurplus();
}

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
  #most = 0;
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
    if (room === "owed") this.#closeFor(job);
    return room === "free";
  }

  /** Whether all connections are used and none can be closed for a torrent any more: no torrent gets a further one. */
  get isExhausted(): boolean {
    return this.#running !== undefined && this.#used >= this.#most && !this.#mayClose;
  }

  /** Closes connections beyond the bound, each of the torrent that is then furthest beyond its quota. */
  closeSurplus(): void {
    const holders = this.#count().map((job) => ({
      job,
      peers: peersOf(job),
      quota: this.#quotaOf(job),
    }));
    let surplus = holders.reduce((total, { peers }) => total + peers.length, -this.#most);
    for (; surplus > 0; surplus--) {
      const richest = greatest(holders, ({ peers, quota }) => peers.length - quota);
      const peer = richest?.peers.pop();
      if (richest === undefined || peer === undefined) return;
      this.#close(richest.job, peer);
    }
  }

  #roomFor(job: TorrentJob, connections: number): "free" | "owed" | "none" {
    const running = this.#count();
    const left = this.#most - this.#used - connections;
    const kept = running.length > 1 ? Math.ceil(this.#most / keptPart) : 0;
    const hasQuota = connectionsOf(this.#engine, job) >= this.#quotaOf(job);
    if (hasQuota) return left >= kept ? "free" : "none";
    return left >= 0 ? "free" : "owed";
  }

  #count(): readonly TorrentJob[] {
    if (this.#running !== undefined) return this.#running;
    this.#running = [...this.#engine.torrents.values()].filter(({ isInSwarm }) => isInSwarm);
    this.#most = connectionLimit(this.#engine, this.#running);
    for (const job of this.#running) {
      this.#used += connectionsOf(this.#engine, job);
      this.#weight += weightOf(job);
    }
    return this.#running;
  }

  /** Closes the latest connection of the torrent furthest beyond its quota, or one whose turn is over. */
  #closeFor(job: TorrentJob): void {
    if (!this.#mayClose) return;
    this.#hasClosed = true;
    const richest = greatest(this.#count(), (each) => this.#excessOf(each));
    const giver =
      richest !== undefined && this.#excessOf(richest) > 0 ? richest : this.#afterTurn(job);
    const peer = giver && peersOf(giver).at(-1);
    if (giver === undefined || peer === undefined) return;
    this.#engine.network.closedForRoomThisSecond++;
    this.#close(giver, peer);
  }

  get #mayClose(): boolean {
    return !this.#hasClosed && this.#engine.network.closedForRoomThisSecond < closingsPerSecond;
  }

  /** The torrent whose turn has been over for the longest part of it, if turns are needed. */
  #afterTurn(asking: TorrentJob): TorrentJob | undefined {
    if (!this.#takesTurns(asking)) return undefined;
    const nowMs = this.#engine.context.clock.nowMs();
    const turns = (job: TorrentJob): number => {
      const [first] = job.peers.connected();
      if (first === undefined || first.isWebSeed || !this.#takesTurns(job)) return 0;
      return (nowMs - first.admittedAtMs) / (shareTurnMs * weightOf(job));
    };
    const last = greatest(this.#count(), turns);
    return last !== undefined && turns(last) >= 1 ? last : undefined;
  }

  /** Whether the torrent's part of the connections is less than one. */
  #takesTurns(job: TorrentJob): boolean {
    return this.#most * weightOf(job) < this.#weight;
  }

  #close({ id }: TorrentJob, { worker, rowIndex }: OpenPeer): void {
    this.#engine.peerWorkers[worker]?.calls.cast("close-peer", {
      torrent: id,
      peer: rowIndex,
      reason: "connections-short",
    });
  }

  /** Peers of a torrent beyond its quota. */
  #excessOf(job: TorrentJob): number {
    return job.peers.size - this.#quotaOf(job);
  }

  #quotaOf(job: TorrentJob): number {
    return Math.max(1, Math.floor((this.#most * weightOf(job)) / this.#weight));
  }
}

type OpenPeer = Pick<ConnectedPeer, "worker"> & {
  readonly rowIndex: NonNullable<ConnectedPeer["rowIndex"]>;
};

/** Its open connections to peers, in the order of their opening. */
function peersOf({ peers }: TorrentJob): OpenPeer[] {
  return [...peers.connected()].filter(({ isWebSeed }) => !isWebSeed);
}

function greatest<Item>(items: readonly Item[], figure: (item: Item) => number): Item | undefined {
  let [best, most]: [Item | undefined, number] = [undefined, -Infinity];
  for (const item of items) {
    const value = figure(item);
    if (value > most) [best, most] = [item, value];
  }
  return best;
}

function connectionsOf(
  { peerWorkers }: ConnectionServices,
  { id, content, peers }: TorrentJob,
): number {
  const ofWebSeeds = (content?.webSeeds.openCount ?? 0) * connectionsPerWebSeed;
  return peerWorkers.reduce((total, { dials }) => total + dials.count(id), peers.size + ofWebSeeds);
}
