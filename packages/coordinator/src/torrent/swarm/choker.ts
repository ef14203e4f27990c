// Four unchoke slots a torrent, each held for 30 s and then passed on, in turn, to interested peers that wait. A free
// slot is given at once; a holder without requests loses its slot early.

/** Unchoked peers of a torrent. */
export const unchokeSlots = 4;
const slotMs = 30_000;
/** A holder without requests for this long, and a round trip after its unchoke, loses its slot. */
const unusedMs = 5_000;
/** While no holder requests anything, slots double this long after the last unchoke. */
const trialMs = 1_000;
const mostTrialSlots = 256;

/** A connected peer as the choker sees it. */
export interface ChokerPeer {
  /** The connection; a later one of the same peer has another key. */
  readonly key: object;
  /** Peers of a subscriber count as a single peer; local ones by port. */
  readonly subscriber: string;
  readonly isInterested: boolean;
  /** Requests received so far, and those not answered yet. */
  readonly requestsSeen: number;
  readonly requestsIn: number;
  /** 0: unknown. */
  readonly roundTripMs: number;
}

interface Slot {
  readonly subscriber: string;
  readonly sinceMs: number;
  /** Until then a lack of requests does not count. */
  graceUntilMs: number;
  requestsSeen: number;
  hasAsked: boolean;
}

/** The slots of a torrent. */
export class Choker {
  /** Unchoked peers, the longest first. */
  readonly #slots = new Map<object, Slot>();
  /** Last slot of each subscriber; those that had none come first. */
  readonly #lastSlotMs = new Map<string, number>();

  get isIdle(): boolean {
    return this.#slots.size === 0;
  }

  /** @returns The keys to be unchoked from now on, or undefined when nothing changed. */
  choose(peers: readonly ChokerPeer[], nowMs: number): ReadonlySet<object> | undefined {
    const before = new Set(this.#slots.keys());
    this.#forgetGonePeers(peers);
    this.#recordRequests(peers, nowMs);
    const waiting = peers.filter((peer) => peer.isInterested && !this.#slots.has(peer.key));
    this.#endSlots(waiting, nowMs);
    this.#fillSlots(waiting, this.#slotCount(nowMs), nowMs);
    const isSame = before.size === this.#slots.size && this.#isSubsetOf(before);
    return isSame ? undefined : new Set(this.#slots.keys());
  }

  #isSubsetOf(keys: ReadonlySet<object>): boolean {
    for (const key of this.#slots.keys()) if (!keys.has(key)) return false;
    return true;
  }

  #forgetGonePeers(peers: readonly ChokerPeer[]): void {
    const interested = new Set(peers.filter((peer) => peer.isInterested).map(({ key }) => key));
    for (const key of this.#slots.keys()) if (!interested.has(key)) this.#slots.delete(key);
    const subscribers = new Set(peers.map(({ subscriber }) => subscriber));
    for (const subscriber of this.#lastSlotMs.keys()) {
      if (!subscribers.has(subscriber)) this.#lastSlotMs.delete(subscriber);
    }
  }

  #recordRequests(peers: readonly ChokerPeer[], nowMs: number): void {
    for (const { key, requestsSeen, requestsIn } of peers) {
      const slot = this.#slots.get(key);
      if (slot === undefined) continue;
      if (requestsIn === 0 && requestsSeen === slot.requestsSeen) continue;
      slot.requestsSeen = requestsSeen;
      slot.hasAsked = true;
      slot.graceUntilMs = Math.max(slot.graceUntilMs, nowMs + unusedMs);
    }
  }

  /** Unused slots, second slots of a subscriber, and expired ones end while peers wait. */
  #endSlots(waiting: readonly ChokerPeer[], nowMs: number): void {
    let over = waiting.length - Math.max(0, unchokeSlots - this.#slots.size);
    const end = (most: number, isOver: (slot: Slot) => boolean): void => {
      for (const [key, slot] of this.#slots) {
        if (over <= 0 || most <= 0) return;
        if (!isOver(slot)) continue;
        this.#slots.delete(key);
        over--;
        most--;
      }
    };
    end(Infinity, ({ graceUntilMs }) => nowMs >= graceUntilMs);
    const held = this.#heldBySubscriber();
    const without = new Set(waiting.map(({ subscriber }) => subscriber));
    for (const subscriber of held.keys()) without.delete(subscriber);
    end(without.size, ({ subscriber }) => {
      const count = held.get(subscriber) ?? 0;
      held.set(subscriber, count - 1);
      return count > 1;
    });
    end(Infinity, ({ sinceMs }) => nowMs - sinceMs >= slotMs);
  }

  /**
   * Four. While no holder requests anything it grows, so that idle peers do not hold up the first that does; then those
   * beyond four are choked again: first the idle, then the latest.
   */
  #slotCount(nowMs: number): number {
    const slots = [...this.#slots];
    const isAnyAsking = slots.some(([, { hasAsked }]) => hasAsked);
    if (!isAnyAsking && slots.length >= unchokeSlots) {
      const latestMs = Math.max(...slots.map(([, { graceUntilMs }]) => graceUntilMs)) - unusedMs;
      const isTrialOver = nowMs - latestMs >= trialMs;
      return isTrialOver ? Math.min(2 * slots.length, mostTrialSlots) : slots.length;
    }
    if (!isAnyAsking) return unchokeSlots;
    const byUse = slots.toSorted(([, a], [, b]) => Number(b.hasAsked) - Number(a.hasAsked));
    for (const [key] of byUse.slice(unchokeSlots)) this.#slots.delete(key);
    return unchokeSlots;
  }

  /** Fewest slots of the subscriber first, then the longest wait since a slot. */
  #fillSlots(waiting: ChokerPeer[], slots: number, nowMs: number): void {
    const held = this.#heldBySubscriber();
    const isBefore = (a: ChokerPeer, b: ChokerPeer): boolean => {
      const more = (held.get(a.subscriber) ?? 0) - (held.get(b.subscriber) ?? 0);
      return more === 0 ? this.#lastSlotMsOf(a) < this.#lastSlotMsOf(b) : more < 0;
    };
    while (this.#slots.size < slots && waiting.length > 0) {
      const next = waiting.reduce((best, peer) => (isBefore(peer, best) ? peer : best));
      waiting.splice(waiting.indexOf(next), 1);
      held.set(next.subscriber, (held.get(next.subscriber) ?? 0) + 1);
      this.#giveSlot(next, nowMs);
    }
  }

  #heldBySubscriber(): Map<string, number> {
    const held = new Map<string, number>();
    for (const { subscriber } of this.#slots.values()) {
      held.set(subscriber, (held.get(subscriber) ?? 0) + 1);
    }
    return held;
  }

  #lastSlotMsOf({ subscriber }: ChokerPeer): number {
    return this.#lastSlotMs.get(subscriber) ?? -Infinity;
  }

  #giveSlot({ key, subscriber, requestsSeen, roundTripMs }: ChokerPeer, nowMs: number): void {
    this.#slots.set(key, {
      subscriber,
      sinceMs: nowMs,
      graceUntilMs: nowMs + roundTripMs + unusedMs,
      requestsSeen,
      hasAsked: false,
    });
    this.#lastSlotMs.set(subscriber, nowMs);
  }
}
