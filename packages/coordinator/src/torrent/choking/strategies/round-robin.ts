// For a seed: each peer has a turn of 20 pieces or a minute, the longest wait first.

import type { ChokingPeer, ChokingStrategy } from "./choking-strategy.ts";

const turnPieces = 20;
const turnMs = 60_000;

/** Each peer in turn. */
export function roundRobin(pieceLengthBytes: number): ChokingStrategy {
  const turnBytes = turnPieces * pieceLengthBytes;
  return {
    isReciprocal: false,
    rank: (peers, nowMs) =>
      peers
        .map((peer) => ({ peer, place: placeOf(peer, turnBytes, nowMs) }))
        .toSorted((a, b) => a.place - b.place || orderOf(a.peer, b.peer))
        .map(({ peer }) => peer),
    optimisticSlots: () => 0,
  };
}

/** Turns go on, then waiting peers follow, then turns that are over are repeated. */
function placeOf({ slot }: ChokingPeer, turnBytes: number, nowMs: number): 0 | 1 | 2 {
  if (slot === undefined) return 1;
  return nowMs - slot.sinceMs >= turnMs || slot.sentBytes >= turnBytes ? 2 : 0;
}

/** The longest wait first; of turns that are over the shortest. */
function orderOf(a: ChokingPeer, b: ChokingPeer): number {
  if (a.slot !== undefined && b.slot !== undefined) return b.slot.sinceMs - a.slot.sinceMs;
  if (a.lastSlotMs === b.lastSlotMs) return 0;
  return a.lastSlotMs < b.lastSlotMs ? -1 : 1;
}
