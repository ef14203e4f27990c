// What all torrents of one worker share: its memory, its sockets, its links, and the second hand.

import type { Context, Timer } from "@troupe/actor-runtime";
import {
  type CoordinatorProtocol,
  type FileProtocol,
  type PeerProtocol,
  type PeerWorkerOptions,
  type TorrentId,
  PeerStep,
  SetAside,
  extentUnitBytes,
} from "@troupe/messages";
import type { InfoHash } from "@troupe/protocol";

import { Acceptor } from "./acceptor.ts";
import { GreedyPeers } from "./greedy-peers.ts";
import type { Connection } from "./connection.ts";
import { Dialer } from "./dialer.ts";
import { DiskMemory } from "./disk-memory.ts";
import { Door } from "./door.ts";
import { passParoles, refill } from "./downloads.ts";
import { returnUnservable } from "./leases.ts";
import { MemoryQueue } from "./memory-queue.ts";
import { RequestMemory } from "./request-memory.ts";
import { relieveMemory } from "./memory-pressure.ts";
import { shareMemory } from "./memory-share.ts";
import { NoticeOutlet } from "./notice-outlet.ts";
import { OwnerLine } from "./owner-line.ts";
import { BuddyAllocator } from "./slab.ts";
import type { Session } from "./session.ts";
import { passSecond } from "./timeouts.ts";
import type { Torrent } from "./torrent.ts";
import { TurnEnd } from "./turn-end.ts";
import { relieveUploads } from "./upload-pressure.ts";
import { UploadDesk, wireBlockBytes } from "./uploads.ts";

const secondMs = 1_000;

/** A file-worker's role and name in the tree. */
export function fileWorkerName(disk: number): string {
  return `file-${disk}`;
}

/** One incarnation of a peer-worker. */
export class PeerWorker {
  readonly context: Context<PeerProtocol>;
  readonly options: PeerWorkerOptions;
  /** All payload memory but pieces with memory of their own. */
  readonly slab: Uint8Array;
  readonly downloads: BuddyAllocator;
  readonly uploads: BuddyAllocator;
  readonly torrents: Map<TorrentId, Torrent> = new Map<TorrentId, Torrent>();
  readonly torrentsByHash: Map<InfoHash, Torrent> = new Map<InfoHash, Torrent>();
  readonly connections: Set<Connection> = new Set<Connection>();
  readonly notices: NoticeOutlet;
  readonly owner: OwnerLine;
  readonly turnEnd: TurnEnd;
  /** One a file-worker, by its number: up to the highest that a torrent has named. */
  readonly desks: UploadDesk[] = [];
  readonly dialer: Dialer;
  readonly acceptor: Acceptor;
  readonly door: Door;
  readonly greedyPeers: GreedyPeers = new GreedyPeers();
  /** Memory of all requests that wait here. */
  readonly requestMemory: RequestMemory;
  /** Addresses that are neither dialled nor let in. */
  readonly setAside: SetAside = new SetAside();
  /** Connections that did not speak the protocol, so far. */
  strangers = 0;
  /** What the torrents of each disk use of `downloads`, by its number. */
  readonly diskMemory: Map<number, DiskMemory> = new Map<number, DiskMemory>();
  /** Torrents that wait for an extent of `downloads`. */
  readonly memoryQueue: MemoryQueue<Torrent>;
  /** Download memory kept for copies that other workers have yet to read. */
  carriedBytes = 0;
  /** When a block of any open piece last became whole, or there was nobody to give one. */
  lastGainAtMs: number;
  readonly #second: Timer;

  constructor(context: Context<PeerProtocol>, options: PeerWorkerOptions) {
    const { downloadBytes, uploadBytes, slab } = options;
    this.context = context;
    this.options = options;
    this.slab = new Uint8Array(slab.memory);
    this.downloads = new BuddyAllocator(0, downloadBytes, extentUnitBytes);
    this.uploads = new BuddyAllocator(downloadBytes, uploadBytes, wireBlockBytes);
    this.notices = new NoticeOutlet(
      context,
      () => this.#pauseInput(),
      () => this.#resumeInput(),
    );
    this.owner = new OwnerLine(context.ref<CoordinatorProtocol>("owner"), (error) =>
      context.fail(error),
    );
    this.turnEnd = new TurnEnd(context.timers, () => this.#refillAll());
    this.memoryQueue = new MemoryQueue(this.downloads, () => this.turnEnd.wakeLater());
    this.dialer = new Dialer(this);
    this.acceptor = new Acceptor(this);
    this.door = new Door(() => this.nowMs());
    this.requestMemory = new RequestMemory(options.requestBytes);
    this.lastGainAtMs = this.nowMs();
    for (const address of options.setAside ?? []) this.setAside.add(address, this.lastGainAtMs);
    this.#second = context.timers.every(secondMs, () => this.#passSecond());
  }

  /** The uploads from one disk. */
  deskOf(disk: number): UploadDesk {
    for (let index = this.desks.length; index <= disk; index++) {
      const file = this.context.ref<FileProtocol>(fileWorkerName(index));
      this.desks.push(new UploadDesk(this, file));
    }
    const desk = this.desks[disk];
    if (desk === undefined) throw new Error(`bug: no file-worker ${disk}`);
    return desk;
  }

  /** The download memory of one disk's torrents. */
  diskMemoryOf(disk: number): DiskMemory {
    const memory = this.diskMemory.get(disk) ?? new DiskMemory();
    this.diskMemory.set(disk, memory);
    return memory;
  }

  /** Milliseconds on the monotonic clock. */
  nowMs(): number {
    return this.context.clock.nowMs();
  }

  /** Nothing of a closed torrent is in anybody's hands any more. Another may be open under its id by now. */
  forgetTorrent(torrent: Torrent): void {
    torrent.diskMemory.torrents.delete(torrent);
    const successor = this.torrents.get(torrent.id);
    if (successor === torrent) this.torrents.delete(torrent.id);
    else if (successor?.predecessor === torrent) successor.predecessor = undefined;
    if (this.torrentsByHash.get(torrent.infoHash) === torrent) {
      this.torrentsByHash.delete(torrent.infoHash);
    }
  }

  /** Lets go of everything: nobody is told, the connections just end. */
  async stop(): Promise<void> {
    this.#second.cancel();
    for (const connection of this.connections) connection.destroy();
    await this.acceptor.close();
  }

  #passSecond(): void {
    const nowMs = this.nowMs();
    for (const torrent of this.torrents.values()) {
      torrent.down.read(nowMs);
      for (const session of torrent.sessions) this.#passSecondOf(session, nowMs);
      passParoles(torrent);
      returnUnservable(torrent, nowMs);
      torrent.demand.passTime(nowMs);
    }
    shareMemory(this);
    this.turnEnd.wakeLater();
    relieveMemory(this, nowMs);
    this.memoryQueue.passSecond();
    relieveUploads(this, nowMs);
    for (const desk of this.desks) desk.passSecond();
  }

  #passSecondOf(session: Session, nowMs: number): void {
    const { breadcrumb } = this.context;
    breadcrumb.set(session.note);
    breadcrumb[0] = PeerStep.tick;
    passSecond(session, nowMs);
    breadcrumb.fill(0);
  }

  /** Torrents that wait for memory come first, in their order. */
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

/** Snubbed peers get what the others leave. */
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
