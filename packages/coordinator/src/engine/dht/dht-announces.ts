// The quests of the engine at its DHT node: a round of look-ups for each torrent whose turn it is. They survive the node's
// restart, because the engine begins them again at the next incarnation.

import type { Context, PatientRef, Timer } from "@troupe/actor-runtime";
import type {
  DhtNodeAddress,
  DhtProtocol,
  DhtQuestAnswer,
  DhtQuestId,
  DhtQuestRound,
  DhtQuestSubject,
  DhtSettings,
  DhtSwarm,
} from "@troupe/messages";
import type { PeerAddress } from "@troupe/protocol/address";
import { infoHashToBytes, type InfoHash } from "@troupe/protocol/units";
import { DhtQueue, type DhtTorrent, type RoundTimes, type DhtQueueStatus } from "./dht-queue.ts";

/** Torrents that are looked up at a time, unless the node has fewer look-ups at once. */
const mostQuests = 16;
/** A round that has not ended is given up: the node may have lost it. */
const longestRoundMs = 600_000;

/** A scrape is given up then. */
const longestScrapeMs = 20_000;
/** Scrapes at a time; further ones tell nothing. */
const mostScrapes = 16;

/** The services that announces need. */
export interface DhtAnnounceServices {
  readonly context: Pick<Context, "clock" | "timers">;
  readonly node: PatientRef<DhtProtocol>;
  readonly settings: Pick<DhtSettings, "limits">;
  /** A node names peers of a torrent. */
  readonly found: (
    torrent: Pick<DhtTorrent, "id" | "version">,
    node: DhtNodeAddress,
    peers: readonly PeerAddress[],
  ) => void;
}

interface Quest {
  readonly torrent: DhtTorrent;
  readonly beganMs: number;
}

/** The announces of an engine's torrents. */
export class DhtAnnounces {
  readonly #services: DhtAnnounceServices;
  readonly #queue = new DhtQueue();
  readonly #quests = new Map<DhtQuestId, Quest>();
  readonly #scrapes = new Map<DhtQuestId, (swarm: DhtSwarm | undefined) => void>();
  readonly #questsAtOnce: number;
  #questNumber = 0;
  /** The node has sockets. */
  #isOpen = false;
  #isPlanned = false;
  #nextTurn: Timer | undefined;

  constructor(services: DhtAnnounceServices) {
    this.#services = services;
    this.#questsAtOnce = Math.min(mostQuests, services.settings.limits?.lookUps ?? mostQuests);
  }

  get torrents(): readonly DhtTorrent[] {
    return this.#queue.torrents;
  }

  get roundTimes(): RoundTimes {
    return this.#queue.roundTimes(this.#nowMs);
  }

  /** A torrent that is there keeps its turn. */
  join(torrent: DhtTorrent): void {
    this.#queue.add(torrent, this.#nowMs);
    this.#planSoon();
  }

  /** No query names the torrent from now on. */
  leave({ infoHash }: Pick<DhtTorrent, "infoHash">): void {
    this.#queue.remove(infoHash);
    for (const [quest, { torrent }] of this.#quests) {
      if (torrent.infoHash === infoHash) this.#cancel(quest);
    }
    this.#planSoon();
  }

  /** Undefined for a torrent that is not announced. */
  statusOf({ infoHash }: Pick<DhtTorrent, "infoHash">): DhtQueueStatus | undefined {
    return this.#queue.statusOf(infoHash, this.#nowMs);
  }

  /** An incarnation of the node has its sockets: it gets the quests of the one before. */
  open(): void {
    this.#isOpen = true;
    for (const [quest, { torrent }] of this.#quests) this.#beginAt(quest, torrent);
    this.#plan();
  }

  /** The node is gone. */
  close(): void {
    this.#isOpen = false;
    this.#nextTurn?.cancel();
  }

  /** @returns The estimated size of a swarm (BEP 33); undefined when no node tells it within 20 s. */
  async scrape(infoHash: InfoHash): Promise<DhtSwarm | undefined> {
    if (!this.#isOpen || this.#scrapes.size >= mostScrapes) return undefined;
    const { node, context } = this.#services;
    const quest = ++this.#questNumber;
    const { promise, resolve } = Promise.withResolvers<DhtSwarm | undefined>();
    this.#scrapes.set(quest, resolve);
    const end = context.timers.after(longestScrapeMs, () => {
      node.cast("cancel-quest", { quest });
      resolve(undefined);
    });
    node.cast("begin-quest", {
      quest,
      subject: { kind: "scrape", target: infoHashToBytes(infoHash) },
    });
    const swarm = await promise;
    end.cancel();
    this.#scrapes.delete(quest);
    return swarm;
  }

  answered({ quest, node, peers }: DhtQuestAnswer): void {
    const torrent = this.#quests.get(quest)?.torrent;
    if (torrent !== undefined && peers.length > 0) this.#services.found(torrent, node, peers);
  }

  ended({
    quest,
    answered,
    peers,
    swarm,
  }: Pick<DhtQuestRound, "quest" | "answered" | "peers" | "swarm">): void {
    this.#scrapes.get(quest)?.(swarm);
    const torrent = this.#quests.get(quest)?.torrent;
    if (torrent === undefined) return;
    this.#quests.delete(quest);
    this.#queue.ended(torrent.infoHash, { answered, peers }, this.#nowMs);
    this.#planSoon();
  }

  /** Torrents may lack peers by now, and rounds may be lost. Every few seconds. */
  look(): void {
    for (const [quest, { beganMs }] of this.#quests) {
      if (this.#nowMs - beganMs < longestRoundMs) continue;
      this.#services.node.cast("cancel-quest", { quest });
      this.ended({ quest, answered: 0, peers: 0 });
    }
    this.#planSoon();
  }

  get #nowMs(): number {
    return this.#services.context.clock.nowMs();
  }

  #planSoon(): void {
    if (this.#isPlanned || !this.#isOpen) return;
    this.#isPlanned = true;
    this.#services.context.timers.soon(() => {
      this.#isPlanned = false;
      this.#plan();
    });
  }

  /** Begins the look-ups that are due, as many as there is room for. */
  #plan(): void {
    this.#nextTurn?.cancel();
    this.#nextTurn = undefined;
    if (!this.#isOpen) return;
    while (this.#quests.size < this.#questsAtOnce) {
      const torrent = this.#queue.take(this.#nowMs);
      if (torrent === undefined) return this.#planLater();
      const quest = ++this.#questNumber;
      this.#quests.set(quest, { torrent, beganMs: this.#nowMs });
      this.#beginAt(quest, torrent);
    }
  }

  #planLater(): void {
    const delayMs = this.#queue.nextMs(this.#nowMs) - this.#nowMs;
    if (delayMs === Infinity) return;
    this.#nextTurn = this.#services.context.timers.after(delayMs, () => this.#plan());
  }

  #beginAt(quest: DhtQuestId, { infoHash, isAnnounced, isSeed }: DhtTorrent): void {
    const target = infoHashToBytes(infoHash);
    const subject: DhtQuestSubject = isAnnounced
      ? { kind: "announce-peer", target, ...(isSeed && { isSeed }) }
      : { kind: "get-peers", target };
    this.#services.node.cast("begin-quest", { quest, subject });
  }

  #cancel(quest: DhtQuestId): void {
    this.#quests.delete(quest);
    this.#services.node.cast("cancel-quest", { quest });
  }
}
