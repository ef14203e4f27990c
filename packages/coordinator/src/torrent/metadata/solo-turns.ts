// Which peers send a whole copy each.

import type { MetadataPeer } from "./metadata-peer.ts";

/** Peers that send a whole copy side by side. */
export const solosAtOnce = 4;
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
export class SoloTurns {
  readonly #turns = new Map<string, Turn>();

  /** @returns The peers that send now, at most {@link solosAtOnce}. */
  choose(peers: readonly MetadataPeer[], blockCount: number, nowMs: number): MetadataPeer[] {
    const present = new Set(peers);
    for (const [key, { peer }] of this.#turns) if (!present.has(peer)) this.#turns.delete(key);
    const waiting = peers.filter(({ key }) => !this.#turns.has(key)).sort(byPromise);
    for (const turn of this.#turns.values()) {
      const next = waiting[0];
      if (next === undefined || !isOver(turn, next, blockCount, nowMs)) continue;
      this.#turns.delete(turn.peer.key);
      this.#begin(next, nowMs);
      waiting.shift();
    }
    for (const peer of waiting) {
      if (this.#turns.size >= solosAtOnce) break;
      this.#begin(peer, nowMs);
    }
    return [...this.#turns.values()].map(({ peer }) => peer);
  }

  #begin(peer: MetadataPeer, nowMs: number): void {
    peer.turns++;
    const blocksBefore = peer.ownCopy().length;
    this.#turns.set(peer.key, { peer, sinceMs: nowMs, blocksBefore });
  }
}

/** Peers that answer, without a bad copy, without a turn, with most blocks. */
function byPromise(a: MetadataPeer, b: MetadataPeer): number {
  return (
    Number(a.isSilent) - Number(b.isSilent) ||
    a.badCopies - b.badCopies ||
    a.turns - b.turns ||
    b.delivered - a.delivered
  );
}

function isOver(
  { peer, sinceMs, blocksBefore }: Turn,
  next: MetadataPeer,
  blockCount: number,
  nowMs: number,
): boolean {
  if (byPromise(next, peer) < 0 && (peer.isSilent || peer.badCopies > next.badCopies)) return true;
  if (nowMs - Math.max(peer.lastBlockMs, sinceMs) >= stalledMs) return !next.isSilent;
  const elapsedMs = nowMs - sinceMs;
  if (elapsedMs < trialMs || next.turns > 0) return false;
  const length = peer.solo?.length ?? 0;
  const msPerBlock = elapsedMs / Math.max(1, length - blocksBefore);
  return (blockCount - length) * msPerBlock > slowMs;
}
