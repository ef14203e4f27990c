// For a seed: peers that take fastest keep their slots. The other slots, and one in any case, go to peers at
// random.

import { slotsBeside, type ChokingStrategy } from "./choking-strategy.ts";

/** Ranks peers by the rate at which they take, the fastest first. */
export const fastestUpload: ChokingStrategy = {
  isReciprocal: false,
  rank: (peers) =>
    peers
      .filter(({ isResting, upBytesPerSecond }) => upBytesPerSecond > 0 && !isResting)
      .toSorted((a, b) => b.upBytesPerSecond - a.upBytesPerSecond),
  optimisticSlots: slotsBeside,
};
