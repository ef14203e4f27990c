// The choking strategy by a choker of the user's program. Each answer is checked.

import { WrongAnswer } from "@troupe/actor-runtime/module-answers";
import type { TorrentShape } from "@troupe/messages";
import {
  slotsBeside,
  type ChokingPeer,
  type ChokingStrategy,
} from "../choking/strategies/choking-strategy.ts";
import type { ConnectedPeer } from "../swarm/connected-peers.ts";
import type {
  PeerConnection,
  RankedPeer,
  RankingScene,
  TorrentChoker,
} from "./interfaces/choker-module.ts";
import { itemsOf, makePart, refusePromise, type ModuleGuard } from "./module-guard.ts";

/** Stands for infinitely many slots: infinity less infinity is no number. */
const manySlots = Number.MAX_SAFE_INTEGER;

/** @returns The choker of a module. @throws WrongAnswer, or the error of the module. */
export function startChoker(exported: unknown, torrent: TorrentShape): TorrentChoker {
  const choker = makePart(exported, torrent, "rank") as TorrentChoker;
  const { isReciprocal, optimisticSlots } = choker as {
    isReciprocal?: unknown;
    optimisticSlots?: unknown;
  };
  if (isReciprocal !== undefined && typeof isReciprocal !== "boolean")
    throw new WrongAnswer("returned an object whose `isReciprocal` is no boolean");
  if (optimisticSlots !== undefined && typeof optimisticSlots !== "function")
    throw new WrongAnswer("returned an object whose `optimisticSlots` is no method");
  return choker;
}

/** A choker, and the connections that it knows. */
export class PluginChoker {
  readonly #choker: TorrentChoker;
  readonly #guard: ModuleGuard;
  readonly #isReciprocal: boolean;
  readonly #connections = new WeakMap<object, PeerConnection>();

  constructor(choker: TorrentChoker, guard: ModuleGuard) {
    this.#choker = choker;
    this.#guard = guard;
    this.#isReciprocal = choker.isReciprocal === true;
  }

  /** The strategy for the present circumstances. */
  strategy({ slots, isComplete }: Omit<RankingScene, "nowMs">): ChokingStrategy {
    const task = "rank the peers";
    return {
      isReciprocal: this.#isReciprocal,
      rank: (peers, nowMs) =>
        this.#guard.run(task, () => this.#rank(peers, { nowMs, slots, isComplete })) ?? [],
      optimisticSlots: (most, ranked) =>
        this.#guard.run(task, () => this.#optimisticSlots(most, ranked)) ?? 0,
    };
  }

  #rank<Peer extends ChokingPeer>(peers: readonly Peer[], scene: RankingScene): readonly Peer[] {
    if (peers.length === 0) return [];
    const left = new Map<unknown, Peer>();
    for (const peer of peers) left.set(this.#viewOf(peer), peer);
    const views = [...left.keys()] as RankedPeer[];
    return itemsOf(this.#choker.rank(views, scene), peers.length).map((view) => {
      const peer = left.get(view);
      if (peer === undefined)
        throw new WrongAnswer("ranked a peer twice, or a peer that is not in question");
      left.delete(view);
      return peer;
    });
  }

  #optimisticSlots(slots: number, ranked: number): number {
    if (this.#choker.optimisticSlots === undefined)
      return slots === Infinity ? 0 : slotsBeside(slots, ranked);
    const count: unknown = this.#choker.optimisticSlots(slots, ranked);
    refusePromise(count);
    if (count === Infinity && slots === Infinity) return manySlots;
    if (Number.isSafeInteger(count) && Number(count) >= 0 && Number(count) <= slots)
      return Number(count);
    throw new WrongAnswer(
      `gave ${typeof count === "number" ? count : typeof count} of ${slots} slots at random`,
    );
  }

  #viewOf(peer: ChokingPeer): RankedPeer {
    return {
      connection: this.#connectionOf(peer.key),
      subscriber: peer.subscriber,
      isSnubbed: peer.isSnubbed,
      downBytesPerSecond: peer.downBytesPerSecond,
      upBytesPerSecond: peer.upBytesPerSecond,
      slot: peer.slot,
      lastSlotMs: peer.lastSlotMs,
      isResting: peer.isResting,
    };
  }

  #connectionOf(key: object): PeerConnection {
    const known = this.#connections.get(key);
    if (known !== undefined) return known;
    // The keys of a torrent's choker are its connected peers.
    const { host, port } = key as Pick<ConnectedPeer, "host" | "port">;
    const connection = Object.freeze({ host, port });
    this.#connections.set(key, connection);
    return connection;
  }
}
