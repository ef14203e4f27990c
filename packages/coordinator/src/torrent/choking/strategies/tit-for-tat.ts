// For a torrent that downloads: the peers that give us most get slots. The other slots, and one in any case, go to
// peers at random, to find better peers and to let newcomers start.

import { slotsBeside, type ChokingPeer, type ChokingStrategy } from "./choking-strategy.ts";

/** Share of the mean rate of all givers; a peer that gives less does not earn a slot. */
const leastShare = 0.1;

/** Ranks peers by the rate at which they give, the fastest first. */
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
  optimisticSlots: slotsBeside,
};

function isGiver({ downBytesPerSecond, isResting, isSnubbed }: ChokingPeer): boolean {
  return downBytesPerSecond > 0 && !isSnubbed && !isResting;
}
