// For a torrent that downloads: the peers that give us most get slots. The other slots, and one in any case, go by lot, to
// find better peers and to let newcomers start.

import type { ChokingPeer, ChokingStrategy } from "./choking-strategy.ts";

/** Of the mean of all givers: a peer that gives less does not earn a slot. */
const leastShare = 0.1;

/** Peers that give us most first. */
export const titForTat: ChokingStrategy = {
  isReciprocal: true,
  rank: (peers) => {
    const givers = peers.filter(isGiver);
    const sum = givers.reduce((rate, { downBytesPerSecond }) => rate + downBytesPerSecond, 0);
    const least = (leastShare * sum) / givers.length;
    return givers
      .filter(({ downBytesPerSecond }) => downBytesPerSecond >= least)
      .toSorted((a, b) => b.downBytesPerSecond - a.downBytesPerSecond);
  },
  optimisticSlots: (slots, ranked) => (slots === 1 && ranked > 0 ? 0 : Math.max(1, slots - ranked)),
};

function isGiver({ downBytesPerSecond, isResting, isSnubbed }: ChokingPeer): boolean {
  return downBytesPerSecond > 0 && !isSnubbed && !isResting;
}
