// The weight of a torrent among the torrents that share connections, slots, bytes and memory.

/** A multiple of 1/64, from 1/64 to 64. Sums of such numbers are exact in any order. */
export type TorrentWeight = number & { readonly __brand: "TorrentWeight" };

/** Weights are whole multiples of a 64th. */
export const weightsInOne = 64;
const leastWeight = 1 / weightsInOne;
const mostWeight = 64;

/** The weight of a torrent that was not given another. */
export const evenWeight = 1 as TorrentWeight;

/**
 * @returns The weight nearest to the number.
 * @throws RangeError for a number that is not from 1/64 to 64.
 */
export function torrentWeight(value: number): TorrentWeight {
  if (!(value >= leastWeight && value <= mostWeight))
    throw new RangeError(`the weight of a torrent is from 1/64 to 64, not ${value}`);
  return (Math.round(value * weightsInOne) / weightsInOne) as TorrentWeight;
}
