// For a seed: each peer has a turn of 20 pieces or a minute, the peer that has waited longest first.

import type { ChokingPeer, ChokingStrategy } from "./choking-strategy.ts";

const turnPieces = 20;
const turnMs = 60_000;

/** Gives each peer a slot in turn. */
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

/** @returns 0 during the turn of the peer, 1 while the peer waits for its turn, 2 when its turn is over. */
function placeOf({ slot }: ChokingPeer, turnBytes: number, nowMs: number): 0 | 1 | 2 {
  if (slot === undefined) return 1;
  return nowMs - slot.sinceMs >= turnMs || slot.sentBytes >= turnBytes ? 2 : 0;
}

/** The peer that has waited longest is first; of peers with slots, the peer that got its slot last. */
function orderOf(a: ChokingPeer, b: ChokingPeer): number {
  if (a.slot !== undefined && b.slot !== undefined) return b.slot.sinceMs - a.slot.sinceMs;
  if (a.lastSlotMs === b.lastSlotMs) return 0;
  return a.lastSlotMs < b.lastSlotMs ? -1 : 1;
}
