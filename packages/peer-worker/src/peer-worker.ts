// Resources shared by all torrents of a worker: memory, sockets, links, and the tick.

import type { Context, Timer } from "@troupe/actor-runtime";
import {
  type CoordinatorProtocol,
  type FileProtocol,
  type PeerProtocol,
  type PeerWorkerOptions,
  type TorrentId,
  PeerStep,
  Quarantine,
  extentUnitBytes,
} from "@troupe/messages";
import type { InfoHash } from "@troupe/protocol";

import { Acceptor } from "./connection/acceptor.ts";
import { GreedyPeers } from "./upload/greedy-peers.ts";
import type { Connection } from "./connection/connection.ts";
import { Dialer } from "./connection/dialer.ts";
import { DiskMemory } from "./memory/disk-memory.ts";
import { AddressThrottle } from "./connection/address-throttle.ts";
import { tickParoles, refill } from "./download/downloads.ts";
import { returnUnservableLeases } from "./download/leases.ts";
import { MemoryQueue } from "./memory/memory-queue.ts";
import { RequestMemory } from "./upload/request-memory.ts";
import { relieveMemory } from "./memory/memory-pressure.ts";
import { shareMemory } from "./memory/memory-share.ts";
import { EngineNotices } from "./engine/engine-notices.ts";
import { EngineClient } from "./engine/engine-client.ts";
import { BuddyAllocator } from "./memory/buddy-allocator.ts";
import type { Session } from "./session/session.ts";
import { tickSession } from "./session/timeouts.ts";
import type { Torrent } from "./torrent.ts";
import { TurnEnd } from "./turn-end.ts";
import { relieveUploads } from "./upload/upload-pressure.ts";
import { UploadScheduler, wireBlockBytes } from "./upload/uploads.ts";

const tickMs = 1_000;

/** A file-worker's role and name in the tree. */
export function fileWorkerName(disk: number): string {
  return `file-${disk}`;
}

/** An incarnation of a peer-worker. */
export class PeerWorker {
  readonly context: Context<PeerProtocol>;
  readonly options: PeerWorkerOptions;
  /** All payload memory except oversized pieces. */
  readonly slab: Uint8Array;
  readonly downloads: BuddyAllocator;
  readonly uploads: BuddyAllocator;
  readonly torrents: Map<TorrentId, Torrent> = new Map<TorrentId, Torrent>();
  readonly torrentsByHash: Map<InfoHash, Torrent> = new Map<InfoHash, Torrent>();
  readonly connections: Set<Connection> = new Set<Connection>();
  readonly notices: EngineNotices;
  readonly engine: EngineClient;
  readonly turnEnd: TurnEnd;
  /** By file-worker number, up to the highest named. */
  readonly uploadSchedulers: UploadScheduler[] = [];
  readonly dialer: Dialer;
  readonly acceptor: Acceptor;
  readonly addressThrottle: AddressThrottle;
  readonly greedyPeers: GreedyPeers = new GreedyPeers();
  readonly requestMemory: RequestMemory;
  /** Addresses that are neither dialled nor accepted. */
  readonly quarantine: Quarantine = new Quarantine();
  /** Connections so far that did not speak the protocol. */
  foreignConnections = 0;
  /** Use of `downloads` by each disk's torrents, by disk number. */
  readonly diskMemory: Map<number, DiskMemory> = new Map<number, DiskMemory>();
  /** Torrents that wait for an extent of `downloads`. */
  readonly memoryQueue: MemoryQueue<Torrent>;
  /** Download memory of transferred pieces that other workers have yet to read. */
  transferredBytes = 0;
  /** When any block last completed, or no peer could give a block. */
  lastGainAtMs: number;
  readonly #tickTimer: Timer;

  constructor(context: Context<PeerProtocol>, options: PeerWorkerOptions) {
    const { downloadBytes, uploadBytes, slab } = options;
    this.context = context;
    this.options = options;
    this.slab = new Uint8Array(slab.memory);
    this.downloads = new BuddyAllocator(0, downloadBytes, extentUnitBytes);
    this.uploads = new BuddyAllocator(downloadBytes, uploadBytes, wireBlockBytes);
    this.notices = new EngineNotices(
      context,
      () => this.#pauseInput(),
      () => this.#resumeInput(),
    );
    this.engine = new EngineClient(context.ref<CoordinatorProtocol>("owner"), context);
    this.turnEnd = new TurnEnd(context.timers, () => this.#refillAll());
    this.memoryQueue = new MemoryQueue(this.downloads, () => this.turnEnd.wakeLater());
    this.dialer = new Dialer(this);
    this.acceptor = new Acceptor(this);
    this.addressThrottle = new AddressThrottle(() => this.nowMs());
    this.requestMemory = new RequestMemory(options.requestBytes);
    this.lastGainAtMs = this.nowMs();
    for (const address of options.quarantined ?? [])
      this.quarantine.add(address, this.lastGainAtMs);
    this.#tickTimer = context.timers.every(tickMs, () => this.#tick());
  }

  uploadSchedulerOf(disk: number): UploadScheduler {
    for (let index = this.uploadSchedulers.length; index <= disk; index++) {
      const file = this.context.ref<FileProtocol>(fileWorkerName(index));
      this.uploadSchedulers.push(new UploadScheduler(this, file));
    }
    const scheduler = this.uploadSchedulers[disk];
    if (scheduler === undefined) throw new Error(`bug: no file-worker ${disk}`);
    return scheduler;
  }

  diskMemoryOf(disk: number): DiskMemory {
    const memory = this.diskMemory.get(disk) ?? new DiskMemory();
    this.diskMemory.set(disk, memory);
    return memory;
  }

  nowMs(): number {
    return this.context.clock.nowMs();
  }

  /** Another torrent may be open under its id by now. */
  forgetTorrent(torrent: Torrent): void {
    torrent.diskMemory.torrents.delete(torrent);
    const successor = this.torrents.get(torrent.id);
    if (successor === torrent) this.torrents.delete(torrent.id);
    else if (successor?.predecessor === torrent) successor.predecessor = undefined;
    if (this.torrentsByHash.get(torrent.infoHash) === torrent) {
      this.torrentsByHash.delete(torrent.infoHash);
    }
  }

  /** Releases everything without messages: the connections just end. */
  async stop(): Promise<void> {
    this.#tickTimer.cancel();
    for (const connection of this.connections) connection.destroy();
    await this.acceptor.close();
  }

  #tick(): void {
    const nowMs = this.nowMs();
    for (const torrent of this.torrents.values()) {
      torrent.down.read(nowMs);
      for (const session of torrent.sessions) this.#tickSession(session, nowMs);
      tickParoles(torrent);
      returnUnservableLeases(torrent, nowMs);
      torrent.demand.tick(nowMs);
    }
    shareMemory(this);
    this.turnEnd.wakeLater();
    relieveMemory(this, nowMs);
    this.memoryQueue.tick();
    relieveUploads(this, nowMs);
    for (const scheduler of this.uploadSchedulers) scheduler.tick();
  }

  #tickSession(session: Session, nowMs: number): void {
    const { breadcrumb } = this.context;
    breadcrumb.set(session.breadcrumb);
    breadcrumb[0] = PeerStep.tick;
    tickSession(session, nowMs);
    breadcrumb.fill(0);
  }

  /** Torrents that wait for memory come first, in queue order. */
  #refillAll(): void {
    const nowMs = this.nowMs();
    const served = this.memoryQueue.shareOut(nowMs, (torrent) => refillTorrent(torrent, nowMs));
    for (const torrent of this.torrents.values()) {
      if (!served.has(torrent)) refillTorrent(torrent, nowMs);
    }
  }

  #pauseInput(): void {
    for (const connection of this.connections) connection.pause();
  }

  #resumeInput(): void {
    for (const connection of this.connections) connection.resume();
  }
}

/** Snubbed peers get the rest. */
function refillTorrent(torrent: Torrent, nowMs: number): void {
  let hasSnubbed = false;
  for (const session of torrent.sessions) {
    if (session.pipeline.isSnubbed) hasSnubbed = true;
    else refill(session, nowMs);
  }
  if (!hasSnubbed) return;
  for (const session of torrent.sessions) {
    if (session.pipeline.isSnubbed) refill(session, nowMs);
  }
}
