// Announcers of one client and the trackers that they announce to, in virtual time.

import type { Ports } from "@troupe/actor-runtime";
import { SimulatedWorld, type SimulatedReply } from "@troupe/actor-runtime/simulated";
import type { AnnounceMode } from "@troupe/control";
import {
  decodeAnnounceQuery,
  decodeUdpRequest,
  encodeAnnounceFailure,
  encodeAnnounceReply,
  encodeUdpAnnounceReply,
  encodeUdpConnectReply,
  encodeUdpError,
  type AnnounceQuery,
  type ConnectionId,
} from "@troupe/protocol/tracker";
import type { InfoHash } from "@troupe/protocol/units";
import { Announcer } from "../../src/trackers/announcer.ts";
import { TrackerTransports } from "../../src/trackers/tracker-transport.ts";
import { makeTransportLimits } from "../../src/trackers/transport-limits.ts";
import { UdpTrackers } from "../../src/trackers/udp/udp-trackers.ts";

/** A request and its reply travel for 60 ms on average. */
const httpReplyMs = 40;

/** An announce as its tracker received it. */
export interface HeardAnnounce extends AnnounceQuery {
  readonly atMs: number;
  readonly family: 4 | 6;
}

/** How a tracker behaves. */
export interface TrackerMood {
  intervalSeconds: number;
  minIntervalSeconds?: number;
  /** Families over which nothing arrives. */
  cut: readonly (4 | 6)[];
  /** The reply to each announce is a refusal. */
  refusal?: string;
}

/** A tracker over HTTP (`http://NAME/announce`) and UDP (`udp://NAME`). */
export interface WorldTracker {
  readonly heard: HeardAnnounce[];
  readonly mood: TrackerMood;
  /** Ages of the connection ids of UDP requests, in milliseconds since the tracker sent them. */
  readonly idAgesMs: number[];
  /** Datagrams of any kind, and HTTP requests. */
  messages: number;
  /** HTTP requests at once. */
  now: number;
  most: number;
  /** `4 started`, in the order in which they arrived. */
  readonly story: string[];
}

/** A torrent of the client. */
export interface TorrentOptions {
  readonly tiers: readonly (readonly string[])[];
  readonly mode?: AnnounceMode;
  readonly isPrivate?: boolean;
  readonly isSeed?: boolean;
  /** A download without peers. */
  readonly isHungry?: boolean;
}

/** A torrent, with the figures that its announcer reads. */
export interface WorldTorrent {
  readonly announcer: Announcer;
  readonly infoHash: InfoHash;
  readonly counters: { uploaded: number; downloaded: number; left: number };
  readonly failures: string[];
}

/** The network, and the families that the client uses. */
interface WorldOptions {
  readonly lossChance?: number;
  readonly keepTrace?: boolean;
  readonly families?: readonly (4 | 6)[];
}

/** One client and any number of trackers. */
export class AnnounceWorld {
  readonly world: SimulatedWorld;
  readonly #client: Ports;
  readonly #transport: TrackerTransports;
  readonly #families: readonly (4 | 6)[];
  #machines = 0;
  #torrents = 0;

  constructor(
    seed: string,
    { lossChance = 0, keepTrace = true, families = [4, 6] }: WorldOptions = {},
  ) {
    this.#families = families;
    const conditions = { latencyMs: 50, jitterMs: 0, lossChance };
    this.world = new SimulatedWorld({ seed, datagrams: conditions, keepTrace });
    this.#client = this.world
      .machine({ addresses: ["203.0.113.1", "2001:db8::1"] })
      .ports("client");
    const { clock, datagrams, http, names, random, timers } = this.#client;
    const udpTrackers = new UdpTrackers({ clock, datagrams, random, timers });
    const limits = makeTransportLimits(150, { clock, timers });
    this.#transport = new TrackerTransports({ clock, http, names, limits, udpTrackers });
  }

  get nowMs(): number {
    return this.world.scheduler.nowMs;
  }

  /** A tracker with an address of each of the families. */
  async tracker(name: string, families: readonly (4 | 6)[] = [4, 6]): Promise<WorldTracker> {
    const number = ++this.#machines;
    const addresses = families.map((family) =>
      family === 4 ? `198.51.100.${number}` : `2001:db8:1::${number}`,
    );
    this.world.names.set(name, ...addresses);
    const story: string[] = [];
    const mood: TrackerMood = { intervalSeconds: 1_800, cut: [] };
    const tracker: WorldTracker = {
      heard: [],
      idAgesMs: [],
      story,
      mood,
      messages: 0,
      now: 0,
      most: 0,
    };
    this.world.http.serve(`http://${name}/announce`, ({ url, from }) => {
      const family = from.includes(":") ? 6 : 4;
      tracker.messages++;
      tracker.most = Math.max(tracker.most, ++tracker.now);
      this.world.scheduler.after(httpReplyMs, () => void tracker.now--);
      return this.#overHttp(tracker, decodeAnnounceQuery(url.search.slice(1)), family);
    });
    await this.#listen(tracker, addresses);
    return tracker;
  }

  torrent({
    tiers,
    mode = "parallel",
    isPrivate = false,
    isSeed = false,
    isHungry = false,
  }: TorrentOptions) {
    const number = ++this.#torrents;
    const infoHash = number.toString(16).padStart(40, "0") as InfoHash;
    const counters = { uploaded: 0, downloaded: 0, left: isSeed ? 0 : 1_000_000 };
    const failures: string[] = [];
    const { clock, random, timers } = this.#client;
    const announcer = new Announcer(
      { tiers, mode, isPrivate },
      {
        ...{ clock, random, timers },
        transport: this.#transport,
        families: this.#families,
        identity: () => ({
          infoHash,
          peerId: Uint8Array.from({ length: 20 }, (_, i) => (i < 2 ? number >> (8 * i) : 1)),
          port: 6_881,
          key: "00c0ffee",
        }),
        turnHash: () => false,
        counters: () => ({ ...counters }),
        isSeed: () => counters.left === 0,
        isPartialSeed: () => false,
        needsPeers: () => isHungry,
        isOwn: () => false,
        answered: () => {},
        failed: (_url, code) => void failures.push(code),
        fail: (error) => {
          throw error;
        },
      },
    );
    const torrent: WorldTorrent = { announcer, infoHash, counters, failures };
    return torrent;
  }

  #overHttp(
    tracker: WorldTracker,
    query: AnnounceQuery,
    family: 4 | 6,
  ): SimulatedReply | Promise<SimulatedReply> {
    if (tracker.mood.cut.includes(family)) return new Promise(() => {});
    this.#hear(tracker, query, family);
    const { refusal } = tracker.mood;
    if (refusal !== undefined) return { body: encodeAnnounceFailure(refusal) };
    const reply = { ...tracker.mood, peers: [], compact: true };
    return { body: encodeAnnounceReply(reply), delayMs: httpReplyMs };
  }

  async #listen(tracker: WorldTracker, addresses: readonly string[]): Promise<void> {
    const { datagrams } = this.world.machine({ addresses }).ports("tracker");
    const ids = new Map<bigint, number>();
    for (const address of addresses) {
      const family = address.includes(":") ? 6 : 4;
      const socket = await this.world.settle(
        datagrams.bind(
          { host: family === 4 ? "0.0.0.0" : "::", port: 80 },
          {
            received: (bytes, from) => {
              tracker.messages++;
              if (tracker.mood.cut.includes(family)) return;
              socket.send(this.#overUdp(tracker, bytes, family, ids), from);
            },
          },
        ),
      );
    }
  }

  #overUdp(
    tracker: WorldTracker,
    bytes: Uint8Array,
    family: 4 | 6,
    ids: Map<bigint, number>,
  ): Uint8Array {
    const request = decodeUdpRequest(bytes);
    const { transactionId } = request;
    if (request.action === "connect") {
      const id = BigInt(ids.size + 1) as ConnectionId;
      ids.set(id, this.nowMs);
      return encodeUdpConnectReply(transactionId, id);
    }
    tracker.idAgesMs.push(this.nowMs - (ids.get(request.connectionId) ?? -Infinity));
    if (request.action === "scrape") return encodeUdpError(transactionId, "no scrapes");
    this.#hear(tracker, request.query, family);
    const { intervalSeconds, refusal } = tracker.mood;
    if (refusal !== undefined) return encodeUdpError(transactionId, refusal);
    return encodeUdpAnnounceReply(transactionId, { intervalSeconds, peers: [] }, family);
  }

  #hear(tracker: WorldTracker, query: AnnounceQuery, family: 4 | 6): void {
    tracker.heard.push({ ...query, atMs: this.nowMs, family });
    tracker.story.push(`${family} ${query.event ?? "-"}`);
  }
}
