import type { Context, Stream } from "@troupe/actor-runtime";
import {
  type EngineProtocol,
  type DhtPorts,
  type EncryptionMode,
  type LimitRules,
  type PeerProtocol,
  type PeerWorkerOptions,
  type TorrentId,
  type TransportMode,
  IpFilter,
  Quarantine,
  extentUnitBytes,
} from "@troupe/messages";
import { KeyExchange } from "@troupe/protocol/encryption";
import type { InfoHash } from "@troupe/protocol/units";
import { CipherBuffers, type UtpSockets } from "@troupe/transport";

import { SharedOffers } from "./extensions/shared-offers.ts";
import type { HashRequests } from "./hashes/hash-requests.ts";
import { GreedyPeers } from "./upload/greedy-peers.ts";
import { DiskMemory } from "./memory/disk-memory.ts";
import { HandshakeTurns } from "./connection/encryption/handshake-turns.ts";
import { RecentPayload } from "./connection/encryption/recent-payload.ts";
import { MseTorrents } from "./connection/encryption/mse-torrents.ts";
import { AddressThrottle } from "./connection/address-throttle.ts";
import { MemoryQueue } from "./memory/memory-queue.ts";
import { MemoryBudget } from "./memory/memory-budget.ts";
import { maxEarlyBytes } from "./limits.ts";
import { EngineNotices } from "./engine/engine-notices.ts";
import { EngineClient } from "./engine/engine-client.ts";
import { InterestNews } from "./engine/interest-news.ts";
import { BuddyAllocator } from "./memory/buddy-allocator.ts";
import type { SessionWithContent } from "./session/session.ts";
import type { Torrent, TorrentContent } from "./torrent.ts";
import type { DiskUploads } from "./upload/disk-uploads.ts";
import type { TracedConnection } from "./wire/wire-trace.ts";
import type { ScopeLimits } from "./rate-limits/waiting-share.ts";
import type { RateLimits } from "./rate-limits/rate-limits.ts";
import { TurnEnd } from "./turn-end.ts";
import { wireBlockBytes } from "./upload/upload-queue.ts";

/** A file-worker's role and name in the tree. */
export function fileWorkerName(disk: number): string {
  return `file-${disk}`;
}

type Input = Pick<Stream, "pause" | "resume" | "destroy"> & TracedConnection;

/** An incarnation of a peer-worker: memory, sockets and links shared by its torrents. */
export class PeerWorker {
  readonly context: Context<PeerProtocol>;
  readonly options: PeerWorkerOptions;
  /** All payload memory except oversized pieces. */
  readonly slab: Uint8Array;
  readonly downloads: BuddyAllocator;
  readonly uploads: BuddyAllocator;
  readonly torrents: Map<TorrentId, Torrent> = new Map<TorrentId, Torrent>();
  readonly torrentsByHash: Map<InfoHash, Torrent> = new Map<InfoHash, Torrent>();
  readonly connections: Set<Input> = new Set<Input>();
  readonly notices: EngineNotices;
  readonly engine: EngineClient;
  readonly interestNews: InterestNews;
  readonly turnEnd: TurnEnd;
  /** By file-worker number, up to the highest named. */
  readonly uploadSchedulers: DiskUploads<SessionWithContent>[] = [];
  /** Schedulers in turn: the one that used upload memory last is the last. */
  readonly uploadTurns: Set<DiskUploads<SessionWithContent>> = new Set<
    DiskUploads<SessionWithContent>
  >();
  readonly hashRequests: HashRequests<SessionWithContent>;
  /** Undefined without limits. */
  rateLimits: RateLimits<SessionWithContent> | undefined;
  /** By the names of the groups that have limits. */
  readonly groupLimits: Map<string, ScopeLimits> = new Map<string, ScopeLimits>();
  limitRules: LimitRules = { limitsLocal: false, countsProtocol: true };
  /** Undefined while no connections are taken. */
  listenPort: number | undefined;
  /** Port of the gateway that maps ours; undefined: the listening port. */
  publicPort: number | undefined;
  /** Ports of our DHT node, as the internet reaches them. */
  dhtPorts: DhtPorts = {};
  readonly addressThrottle: AddressThrottle;
  encryption: EncryptionMode = "allow";
  transport: TransportMode = "both";
  /** All connections over uTP. Undefined while this worker has no UDP port. */
  utp: Pick<UtpSockets, "accept" | "dial"> | undefined;
  readonly keyExchange: KeyExchange;
  readonly payload: RecentPayload;
  readonly handshakeTurns: HandshakeTurns;
  readonly mseTorrents: MseTorrents = new MseTorrents();
  readonly cipherBuffers: CipherBuffers = new CipherBuffers();
  readonly greedyPeers: GreedyPeers = new GreedyPeers();
  readonly sharedOffers: SharedOffers = new SharedOffers();
  readonly requestMemory: MemoryBudget;
  /** For what peers show before the metadata is known. */
  readonly earlyMemory: MemoryBudget = new MemoryBudget(maxEarlyBytes);
  /** Addresses that are neither dialled nor accepted. */
  readonly quarantine: Quarantine = new Quarantine();
  readonly ipFilter: IpFilter;
  /** Connections so far that did not speak the protocol. */
  foreignConnections = 0;
  /** Use of `downloads` by each disk's torrents, by disk number. */
  readonly diskMemory: Map<number, DiskMemory> = new Map<number, DiskMemory>();
  readonly memoryQueue: MemoryQueue<TorrentContent>;
  /** Download memory of transferred pieces that other workers have yet to read. */
  transferredBytes = 0;
  /** When any block last completed, or no peer could give a block. */
  lastGainAtMs: number;

  constructor(
    context: Context<PeerProtocol>,
    options: PeerWorkerOptions,
    refillAll: (worker: PeerWorker) => void,
    makeHashRequests: (worker: PeerWorker) => HashRequests<SessionWithContent>,
  ) {
    const { downloadBytes, uploadBytes, slab } = options;
    this.context = context;
    this.options = options;
    this.publicPort = options.publicPort;
    this.keyExchange = new KeyExchange(context.random);
    this.payload = new RecentPayload(context.clock);
    this.handshakeTurns = new HandshakeTurns(context, () => this.payload.isRecent());
    this.ipFilter = new IpFilter(options.ipFilter);
    this.slab = new Uint8Array(slab.memory);
    this.downloads = new BuddyAllocator(0, downloadBytes, extentUnitBytes);
    this.uploads = new BuddyAllocator(downloadBytes, uploadBytes, wireBlockBytes);
    this.notices = new EngineNotices(
      context,
      () => this.#pauseInput(),
      () => this.#resumeInput(),
    );
    this.engine = new EngineClient(context.ref<EngineProtocol>("owner"), context);
    this.interestNews = new InterestNews(context.timers, this.notices);
    this.turnEnd = new TurnEnd(context.timers, () => refillAll(this));
    this.memoryQueue = new MemoryQueue(this.downloads, () => this.turnEnd.wakeLater());
    this.addressThrottle = new AddressThrottle(() => this.nowMs());
    this.hashRequests = makeHashRequests(this);
    this.requestMemory = new MemoryBudget(options.requestBytes);
    this.lastGainAtMs = this.nowMs();
    for (const address of options.quarantined ?? [])
      this.quarantine.add(address, this.lastGainAtMs);
  }

  diskMemoryOf(disk: number): DiskMemory {
    const memory = this.diskMemory.get(disk) ?? new DiskMemory();
    this.diskMemory.set(disk, memory);
    return memory;
  }

  /** In whole milliseconds: a small integer takes no memory of its own in the objects of a connection. */
  nowMs(): number {
    return Math.floor(this.context.clock.nowMs());
  }

  /** Another torrent may be open under its id by now. */
  forgetTorrent(torrent: Torrent): void {
    const { usedContent } = torrent;
    usedContent?.diskMemory.torrents.delete(usedContent);
    const successor = this.torrents.get(torrent.id);
    if (successor === torrent) this.torrents.delete(torrent.id);
    else if (successor?.predecessor === torrent) successor.predecessor = undefined;
    for (const name of torrent.names) {
      if (this.torrentsByHash.get(name) !== torrent) continue;
      this.torrentsByHash.delete(name);
      this.mseTorrents.remove(name);
    }
  }

  /** Peers find the torrent by its names. */
  nameTorrent(torrent: Torrent): void {
    for (const name of torrent.names) {
      this.torrentsByHash.set(name, torrent);
      this.mseTorrents.add(name);
    }
  }

  /** The contents of the open torrents that have had a peer or a lease. */
  *contents(): Generator<TorrentContent, void> {
    for (const { usedContent } of this.torrents.values())
      if (usedContent !== undefined) yield usedContent;
  }

  #pauseInput(): void {
    for (const connection of this.connections) connection.pause();
  }

  #resumeInput(): void {
    for (const connection of this.connections) connection.resume();
  }
}
