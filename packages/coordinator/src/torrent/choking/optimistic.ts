// Optimistic slots go to peers at random. Peers that never had a slot are three times as likely as others.

import type { Random } from "@troupe/actor-runtime";
import { roundMs } from "./payload-window.ts";
import type { ChokingPeer } from "./strategies/choking-strategy.ts";

/** Time of an optimistic slot; the slot ends with the nearest round. */
const optimisticMs = 30_000;
const newcomerWeight = 3;

/** @returns Up to `count` peers, drawn at random. */
export function drawPeers<Peer extends ChokingPeer>(
  peers: readonly Peer[],
  count: number,
  random: Pick<Random, "next">,
): Peer[] {
  const left = [...peers];
  const drawn: Peer[] = [];
  while (drawn.length < count && left.length > 0) {
    const [peer] = left.splice(drawIndex(left, random), 1);
    if (peer !== undefined) drawn.push(peer);
  }
  return drawn;
}

function drawIndex(peers: readonly ChokingPeer[], random: Pick<Random, "next">): number {
  const total = peers.reduce((sum, peer) => sum + weightOf(peer), 0);
  let lot = random.next() * total;
  for (const [index, peer] of peers.entries()) {
    lot -= weightOf(peer);
    if (lot < 0) return index;
  }
  return peers.length - 1;
}

function weightOf({ lastSlotMs }: ChokingPeer): number {
  return lastSlotMs === -Infinity ? newcomerWeight : 1;
}

/** Whether the time of an optimistic slot is over. */
export function isOptimisticOver(sinceMs: number, nowMs: number): boolean {
  return nowMs - sinceMs >= optimisticMs - roundMs / 2;
}
