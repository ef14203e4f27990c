// Which peers send a whole copy each.

import type { MetadataPeer } from "./metadata-peer.ts";

/** Peers that send a whole copy side by side. */
const copiesAtOnce = 4;
/** A peer that sends no block for this long makes room for another. */
const stalledMs = 5_000;
/** A peer is judged by its rate after this. */
const trialMs = 10_000;
/** A copy that takes longer makes room for a peer that had no turn. */
const slowMs = 60_000;

interface Turn {
  readonly peer: MetadataPeer;
  readonly sinceMs: number;
  readonly blocksBefore: number;
}

/** The turns of one fetch, by the peer's key. */
export class SinglePeerOrder {
  readonly #turns = new Map<string, Turn>();
  /** Turns that peers of a network have had, so that no network has them all. */
  readonly #ofNetworks = new Map<string, number>();

  /** @returns The peers that send now, at most {@link copiesAtOnce}. */
  choose(peers: readonly MetadataPeer[], blockCount: number, nowMs: number): MetadataPeer[] {
    const present = new Set(peers);
    for (const [key, { peer }] of this.#turns) if (!present.has(peer)) this.#turns.delete(key);
    const waiting = new Set(peers.filter(({ key }) => !this.#turns.has(key)));
    for (const turn of [...this.#turns.values()]) {
      const next = this.#next(waiting);
      if (next === undefined) break;
      if (!isOver(turn, next, blockCount, nowMs)) continue;
      this.#turns.delete(turn.peer.key);
      this.#begin(next, waiting, nowMs);
    }
    while (this.#turns.size < copiesAtOnce) {
      const next = this.#next(waiting);
      if (next === undefined) break;
      this.#begin(next, waiting, nowMs);
    }
    return [...this.#turns.values()].map(({ peer }) => peer);
  }

  /** Peers that answer, without a bad copy, of a network with few turns, with most blocks. */
  #next(waiting: ReadonlySet<MetadataPeer>): MetadataPeer | undefined {
    let best: MetadataPeer | undefined;
    for (const peer of waiting) if (best === undefined || this.#isBefore(peer, best)) best = peer;
    return best;
  }

  #isBefore(a: MetadataPeer, b: MetadataPeer): boolean {
    const order =
      byTrust(a, b) ||
      (this.#ofNetworks.get(a.network) ?? 0) - (this.#ofNetworks.get(b.network) ?? 0) ||
      a.turns - b.turns ||
      b.delivered - a.delivered;
    return order < 0;
  }

  #begin(peer: MetadataPeer, waiting: Set<MetadataPeer>, nowMs: number): void {
    waiting.delete(peer);
    peer.turns++;
    this.#ofNetworks.set(peer.network, (this.#ofNetworks.get(peer.network) ?? 0) + 1);
    const blocksBefore = peer.ownCopy().length;
    this.#turns.set(peer.key, { peer, sinceMs: nowMs, blocksBefore });
  }
}

function byTrust(a: MetadataPeer, b: MetadataPeer): number {
  return Number(a.isSilent) - Number(b.isSilent) || a.badCopies - b.badCopies;
}

function isOver(
  { peer, sinceMs, blocksBefore }: Turn,
  next: MetadataPeer,
  blockCount: number,
  nowMs: number,
): boolean {
  if (byTrust(next, peer) < 0) return true;
  if (nowMs - Math.max(peer.lastBlockMs, sinceMs) >= stalledMs) return !next.isSilent;
  const elapsedMs = nowMs - sinceMs;
  if (elapsedMs < trialMs || next.turns > 0) return false;
  const length = peer.singleCopy?.length ?? 0;
  const msPerBlock = elapsedMs / Math.max(1, length - blocksBefore);
  return (blockCount - length) * msPerBlock > slowMs;
}
