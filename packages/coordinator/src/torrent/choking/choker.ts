// The slots of a torrent. Every 10 s a round gives all slots again, by a strategy. Between rounds a free slot is given
// at once, and a slot that its holder does not use is passed on. Only interested peers are looked at, and between
// rounds only holders, unless a slot becomes free.

import { LazyMap, LazySet, type Random } from "@troupe/actor-runtime";
import { blockLengthBytes } from "@troupe/protocol/units";
import type { ChokingStrategy } from "./strategies/choking-strategy.ts";
import { InterestedPeer, unusedMs, type PeerFigures, type ViewedPeer } from "./interested-peer.ts";
import { roundMs } from "./payload-window.ts";
import { chooseAll, chooseMore, type SlotChoice } from "./slot-choice.ts";
import { SlotMemory } from "./slot-memory.ts";

/** Least slots of a torrent, whatever other torrents need. */
export const leastTorrentSlots = 4;
/** Time after which the rate of a slot is known. */
const judgedMs = 5_000;
/** Time between two looks at the holders while peers wait. */
const watchMs = 1_000;
/** Time from an unchoke until there are more slots, while no holder requests and takes blocks. */
const trialMs = 1_000;
/** With this factor each of hundreds of slow readers has had a slot within 10 s. */
const trialGrowth = 8;
/** A holder is slow when it takes so many times longer than the mean holder. */
const slowFactor = 4;
/** Slots of a trial; at this number a trial gives no more. */
const mostTrialSlots = 1_024;

/** The surroundings of a choker. */
export interface ChokerScene<Key> {
  readonly nowMs: number;
  readonly random: Pick<Random, "next">;
  readonly strategy: ChokingStrategy;
  /** Slots that the torrent may give. */
  readonly slots: number;
  readonly figuresOf: (key: Key) => PeerFigures;
}

/** The use of slots in the last round. */
export interface SlotUse {
  /** Bytes a second sent to each peer that has held its slot for half a round. */
  readonly rates: readonly number[];
  /** Slots that were given later. */
  readonly fresh: number;
}

/** The slots of a torrent. A key is a connection: a later connection of the same peer has another. */
export class Choker<Key extends object = object> {
  readonly #peers = new LazyMap<Key, InterestedPeer<Key>>();
  readonly #holders = new LazySet<InterestedPeer<Key>>();
  readonly #memory = new SlotMemory();
  /** Waiting peers that a free slot may go to: all waiting peers after a slot has become free. */
  #candidates: LazySet<InterestedPeer<Key>> | "all" = new LazySet<InterestedPeer<Key>>();
  #changed = new LazySet<Key>();
  #use: SlotUse = { rates: [], fresh: 0 };
  #lastRoundMs = -Infinity;
  #nextRoundMs = -Infinity;
  #dueMs = Infinity;
  #lastGivenMs = -Infinity;
  /** Bytes that the holders took between the last two looks at them, and its time. */
  #sentBytes = 0;
  #sentInMs = 0;
  #lookedAtMs = -Infinity;
  /** Whether the strategy of the last tending is reciprocal. */
  #isReciprocal = false;

  /** Interested peers, with slots or without. */
  get wanted(): number {
    return this.#peers.size;
  }

  get use(): SlotUse {
    return this.#use;
  }

  /** Peers with a slot, in the order in which they got it. */
  *unchoked(): Generator<Key> {
    for (const { key } of this.#holders) yield key;
  }

  /** Whether the peer holds an optimistic slot. */
  isOptimistic(key: Key): boolean {
    return this.#peers.get(key)?.slot?.isOptimistic === true;
  }

  /** @returns Peers that got or lost a slot since the last call. */
  takeChanged(): LazySet<Key> {
    const changed = this.#changed;
    if (changed.size > 0) this.#changed = new LazySet();
    return changed;
  }

  /** The peer asks for data. Call {@link tend} afterwards. */
  interested(key: Key, subscriber: string, { nowMs, figuresOf }: ChokerScene<Key>): void {
    if (this.#peers.has(key)) return;
    const peer = new InterestedPeer(key, subscriber, figuresOf(key), nowMs);
    this.#peers.set(key, peer);
    if (this.#candidates !== "all") this.#candidates.add(peer);
    this.#dueMs = -Infinity;
  }

  /** The peer does not ask for data any more. Call {@link tend} afterwards. */
  lostInterest(key: Key, scene: ChokerScene<Key>): void {
    const peer = this.#peers.get(key);
    if (peer !== undefined) this.#look(peer, scene);
    this.forget(key, scene.nowMs);
  }

  /** The connection is closed: its figures of the last look count. */
  forget(key: Key, nowMs: number): void {
    const peer = this.#peers.get(key);
    if (peer === undefined) return;
    this.#judgeOptimistic(peer, nowMs);
    if (this.#holders.has(peer)) this.#takeSlot(peer);
    this.#peers.delete(key);
    if (this.#candidates !== "all") this.#candidates.delete(peer);
  }

  /** All peers are choked for now. Slots are given again when {@link tend} is called again. */
  endSlots(): void {
    for (const holder of this.#holders) this.#takeSlot(holder);
  }

  /** The torrent may give more slots than before. */
  slotsAdded(): void {
    if (this.#waitingCount > 0) this.#openToAll();
  }

  /** The strategy or the slots have changed, so the next tending begins a round. */
  roundIsDue(): void {
    this.#nextRoundMs = -Infinity;
    this.#dueMs = -Infinity;
  }

  /** Whether {@link tend} has anything to do. */
  isDue(nowMs: number): boolean {
    return nowMs >= this.#dueMs;
  }

  /** Gives free slots, and does the round if it is time. */
  tend(scene: ChokerScene<Key>): void {
    const { nowMs } = scene;
    this.#isReciprocal = scene.strategy.isReciprocal;
    if (nowMs >= this.#nextRoundMs) this.#round(scene);
    else this.#watch(scene);
    this.#candidates = new LazySet();
    this.#dueMs = this.#nextMs(nowMs);
  }

  #nextMs(nowMs: number): number {
    if (this.#peers.size === 0) return Infinity;
    if (this.#waitingCount === 0) return this.#nextRoundMs;
    return Math.min(this.#nextRoundMs, nowMs + watchMs);
  }

  get #waitingCount(): number {
    return this.#peers.size - this.#holders.size;
  }

  #round(scene: ChokerScene<Key>): void {
    const { nowMs } = scene;
    this.#lookAt(this.#peers.values(), scene);
    this.#use = this.#measureUse(nowMs);
    this.#lastRoundMs = nowMs;
    this.#nextRoundMs = nowMs + roundMs;
    this.#endUnusedSlots(nowMs);
    this.#endTrial(scene);
    for (const holder of this.#holders)
      if (holder.hasEnded(nowMs)) this.#judgeOptimistic(holder, nowMs);
    const views = [...this.#peers.values()].map((peer) => this.#view(peer, nowMs));
    const optimistic = new Set<object>();
    for (const { key, slot } of this.#holders) if (slot?.isOptimistic === true) optimistic.add(key);
    const slots = this.#slotsNow(scene);
    const choice = chooseAll(views, optimistic, { ...scene, slots });
    this.#takeOtherSlots(choice);
    this.#give(choice, nowMs);
    for (const { figures, window } of this.#peers.values()) window.sample(figures, nowMs);
  }

  /** Passes on unused slots and gives free slots, between rounds. */
  #watch(scene: ChokerScene<Key>): void {
    const { nowMs } = scene;
    this.#lookAt(this.#holders, scene);
    this.#endUnusedSlots(nowMs);
    this.#endTrial(scene);
    const slots = this.#slotsNow(scene);
    if (slots > scene.slots) this.#candidates = "all";
    if (this.#holders.size >= slots) return;
    const waiting: ViewedPeer<Key>[] = [];
    for (const peer of this.#candidates === "all" ? this.#peers.values() : this.#candidates) {
      if (this.#holders.has(peer)) continue;
      this.#look(peer, scene);
      waiting.push(this.#view(peer, nowMs));
    }
    if (waiting.length === 0) return;
    this.#give(chooseMore(waiting, this.#keptSlots(), { ...scene, slots }), nowMs);
  }

  /** All holders are among the peers. */
  #lookAt(peers: Iterable<InterestedPeer<Key>>, scene: ChokerScene<Key>): void {
    this.#sentBytes = 0;
    for (const peer of peers) {
      const before = peer.figures.uploadedBytes;
      this.#look(peer, scene);
      this.#sentBytes += peer.figures.uploadedBytes - before;
    }
    this.#sentInMs = scene.nowMs - this.#lookedAtMs;
    this.#lookedAtMs = scene.nowMs;
  }

  #look(peer: InterestedPeer<Key>, { figuresOf, nowMs }: ChokerScene<Key>): void {
    peer.figures = figuresOf(peer.key);
    peer.noteRequests(nowMs);
    if (peer.takePayment()) this.#memory.notePaid(peer.subscriber);
  }

  #view(peer: InterestedPeer<Key>, nowMs: number): ViewedPeer<Key> {
    return peer.view(this.#memory, nowMs, this.#isReciprocal);
  }

  #measureUse(nowMs: number): SlotUse {
    const rates: number[] = [];
    let fresh = 0;
    for (const { figures, slot } of this.#holders) {
      if (slot === undefined) continue;
      const heldMs = nowMs - Math.max(slot.sinceMs, this.#lastRoundMs);
      const sentBytes = figures.uploadedBytes - slot.uploadedAtRoundBytes;
      if (heldMs < judgedMs) fresh++;
      else rates.push((sentBytes * 1_000) / heldMs);
      slot.uploadedAtRoundBytes = figures.uploadedBytes;
    }
    return { rates, fresh };
  }

  /** Ends slots that their holders do not use, at most as many as there are waiting peers. */
  #endUnusedSlots(nowMs: number): void {
    let most = this.#waitingCount;
    if (most <= 0) return;
    const patienceMs = this.#patienceMs();
    for (const peer of this.#holders) {
      if (most <= 0) return;
      if (!peer.isSlotUnused(nowMs, patienceMs)) continue;
      this.#memory.noteUnused(peer.subscriber, nowMs);
      this.#judgeOptimistic(peer, nowMs);
      this.#takeSlot(peer);
      most--;
    }
  }

  /**
   * The slots of the torrent. While no holder requests and takes blocks their number grows, so that idle peers and slow
   * readers do not hold up a peer that does.
   */
  #slotsNow({ nowMs, slots }: ChokerScene<Key>): number {
    const held = this.#holders.size;
    if (held < slots || this.#isAnyBusy(nowMs)) return slots;
    const isTrialOver = nowMs - this.#lastGivenMs >= trialMs;
    return isTrialOver ? Math.max(slots, Math.min(trialGrowth * held, mostTrialSlots)) : held;
  }

  /**
   * The time in which a holder takes a block unless it is slow itself. Where our own line is slow, all holders are: then
   * four times as long as the mean holder.
   */
  #patienceMs(): number {
    let rate = 0;
    for (const { figures } of this.#holders) rate += figures.upBytesPerSecond;
    if (rate < blockLengthBytes) return unusedMs;
    const meanMs = (this.#holders.size * blockLengthBytes * 1_000) / rate;
    return Math.max(unusedMs, slowFactor * meanMs);
  }

  /** Whether a holder requests and takes blocks, or all holders together take a block a second. */
  #isAnyBusy(nowMs: number): boolean {
    if (this.#sentBytes * 1_000 >= blockLengthBytes * this.#sentInMs && this.#sentBytes > 0)
      return true;
    for (const holder of this.#holders) if (holder.isBusy(nowMs)) return true;
    return false;
  }

  /** When a holder requests and takes blocks, those beyond the slots that request none are choked, the latest first. */
  #endTrial({ nowMs, slots }: ChokerScene<Key>): void {
    if (this.#holders.size <= slots || !this.#isAnyBusy(nowMs)) return;
    for (const holder of [...this.#holders].toReversed()) {
      if (this.#holders.size <= slots) return;
      if (!holder.isAsking(nowMs)) this.#takeSlot(holder);
    }
  }

  #keptSlots() {
    const subscribers = new Set<string>();
    let optimistic = 0;
    for (const { slot, subscriber } of this.#holders) {
      subscribers.add(subscriber);
      if (slot?.isOptimistic === true) optimistic++;
    }
    return { earned: this.#holders.size - optimistic, optimistic, subscribers };
  }

  /** Notes an optimistic slot that ends unpaid, also before its time. */
  #judgeOptimistic({ isUnpaid, slot, subscriber }: InterestedPeer<Key>, nowMs: number): void {
    if (!this.#isReciprocal || slot?.isOptimistic !== true || !isUnpaid) return;
    this.#memory.noteUnpaid(subscriber, nowMs - slot.sinceMs, nowMs);
  }

  #takeOtherSlots({ earned, optimistic }: SlotChoice<ViewedPeer<Key>>): void {
    const chosen = new Set([...earned, ...optimistic].map(({ peer }) => peer));
    for (const holder of this.#holders) if (!chosen.has(holder)) this.#takeSlot(holder);
  }

  #give({ earned, optimistic }: SlotChoice<ViewedPeer<Key>>, nowMs: number): void {
    for (const { peer } of earned) this.#giveSlot(peer, false, nowMs);
    for (const { peer } of optimistic) this.#giveSlot(peer, true, nowMs);
  }

  #giveSlot(peer: InterestedPeer<Key>, isOptimistic: boolean, nowMs: number): void {
    if (this.#holders.has(peer)) return peer.keepSlot(isOptimistic, nowMs);
    peer.giveSlot(isOptimistic, nowMs);
    this.#holders.add(peer);
    this.#memory.noteSlot(peer.subscriber, nowMs);
    this.#lastGivenMs = nowMs;
    this.#changed.add(peer.key);
  }

  #takeSlot(peer: InterestedPeer<Key>): void {
    this.#holders.delete(peer);
    peer.slot = undefined;
    this.#changed.add(peer.key);
    this.#openToAll();
  }

  #openToAll(): void {
    this.#candidates = "all";
    this.#dueMs = -Infinity;
  }
}
