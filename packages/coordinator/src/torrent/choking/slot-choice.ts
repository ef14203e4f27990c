// The choice of peers for slots: the best peers by a strategy, and others at random.

import type { Random } from "@troupe/actor-runtime";
import type { ChokingPeer, ChokingStrategy } from "./strategies/choking-strategy.ts";
import { drawPeers, isOptimisticOver } from "./optimistic.ts";

/** The circumstances of a choice. */
interface Choosing {
  readonly strategy: ChokingStrategy;
  readonly random: Pick<Random, "next">;
  readonly nowMs: number;
  /** Slots of the torrent. */
  readonly slots: number;
}

/** Slots that stay with their peers. */
interface KeptSlots {
  readonly earned: number;
  readonly optimistic: number;
  readonly subscribers: ReadonlySet<string>;
}

/** The peers that get a slot, or keep it. */
export interface SlotChoice<Peer> {
  readonly earned: readonly Peer[];
  readonly optimistic: readonly Peer[];
}

/** Gives every slot again in a round, except for optimistic slots that have not ended. */
export function chooseAll<Peer extends ChokingPeer>(
  peers: readonly Peer[],
  optimisticNow: ReadonlySet<object>,
  choosing: Choosing,
): SlotChoice<Peer> {
  const { nowMs, slots, strategy } = choosing;
  const ranked = strategy.rank(peers, nowMs);
  const optimisticSlots = strategy.optimisticSlots(slots, ranked.length);
  const earned = bestPeers(ranked, Math.max(0, slots - optimisticSlots), new Set());
  const others = without(peers, earned);
  const kept = others
    .filter(({ key, slot }) => optimisticNow.has(key) && !isOver(slot, nowMs))
    .slice(0, optimisticSlots);
  const subscribers = subscribersOf(earned, kept);
  const room = optimisticSlots - kept.length;
  const held = earned.length + kept.length;
  const drawn = draw(without(others, kept), room, { ...choosing, subscribers, held });
  return { earned, optimistic: [...kept, ...drawn] };
}

/** Gives free slots to waiting peers between rounds. */
export function chooseMore<Peer extends ChokingPeer>(
  waiting: readonly Peer[],
  kept: KeptSlots,
  choosing: Choosing,
): SlotChoice<Peer> {
  const { nowMs, slots, strategy } = choosing;
  const free = slots - kept.earned - kept.optimistic;
  const ranked = strategy.rank(waiting, nowMs);
  const optimisticSlots = strategy.optimisticSlots(slots, kept.earned + ranked.length);
  const room = Math.min(free, slots - optimisticSlots - kept.earned);
  const earned = bestPeers(ranked, Math.max(0, room), kept.subscribers);
  const left = Math.min(free - earned.length, optimisticSlots - kept.optimistic);
  const subscribers = new Set([...kept.subscribers, ...subscribersOf(earned)]);
  const held = kept.earned + kept.optimistic + earned.length;
  const optimistic = draw(without(waiting, earned), left, { ...choosing, subscribers, held });
  return { earned, optimistic };
}

/** A second connection of a subscriber goes behind every other subscriber. */
function bestPeers<Peer extends ChokingPeer>(
  ranked: readonly Peer[],
  count: number,
  served: ReadonlySet<string>,
): readonly Peer[] {
  if (ranked.length <= count) return ranked;
  return firstOfEach(ranked, served).slice(0, count);
}

function firstOfEach<Peer extends ChokingPeer>(
  peers: readonly Peer[],
  served: ReadonlySet<string>,
): readonly Peer[] {
  const seen = new Set(served);
  const firsts: Peer[] = [];
  const further: Peer[] = [];
  for (const peer of peers) {
    (seen.has(peer.subscriber) ? further : firsts).push(peer);
    seen.add(peer.subscriber);
  }
  return [...firsts, ...further];
}

interface Drawing extends Choosing {
  readonly subscribers: ReadonlySet<string>;
  /** Slots that peers hold already. */
  readonly held: number;
}

/** Draws new peers first, then peers whose slot has just ended. A resting peer is drawn only if no peer has a slot. */
function draw<Peer extends ChokingPeer>(
  peers: readonly Peer[],
  count: number,
  { held, random, subscribers }: Drawing,
): Peer[] {
  const pools = [
    peers.filter((peer) => isFresh(peer) && !subscribers.has(peer.subscriber)),
    peers.filter((peer) => isFresh(peer) && subscribers.has(peer.subscriber)),
    peers.filter(({ isResting, slot }) => slot !== undefined && !isResting),
  ];
  const drawn: Peer[] = [];
  for (const pool of pools) drawn.push(...drawPeers(pool, count - drawn.length, random));
  if (held + drawn.length > 0) return drawn;
  const resting = peers.filter(({ isResting }) => isResting);
  return drawPeers(resting, Math.min(count, 1), random);
}

function isFresh({ isResting, slot }: ChokingPeer): boolean {
  return slot === undefined && !isResting;
}

function isOver(slot: ChokingPeer["slot"], nowMs: number): boolean {
  return slot === undefined || isOptimisticOver(slot.sinceMs, nowMs);
}

function without<Peer>(peers: readonly Peer[], taken: readonly Peer[]): readonly Peer[] {
  const gone = new Set(taken);
  return peers.filter((peer) => !gone.has(peer));
}

function subscribersOf(...lists: readonly (readonly ChokingPeer[])[]): Set<string> {
  return new Set(lists.flat().map(({ subscriber }) => subscriber));
}
