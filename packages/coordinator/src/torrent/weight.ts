import type { BandwidthPriority } from "@troupe/control";
import { evenWeight, torrentWeight, type TorrentWeight } from "@troupe/messages";

const weights: { readonly [Priority in BandwidthPriority]: TorrentWeight } = {
  high: torrentWeight(2),
  normal: evenWeight,
  low: torrentWeight(1 / 2),
};

/** The weight that a bandwidth priority gives. */
export function weightOfPriority(priority: BandwidthPriority): TorrentWeight {
  return weights[priority];
}

/** The weight of a torrent in each rule that shares something between torrents. */
export function weightOf({ weight }: { readonly weight: TorrentWeight }): TorrentWeight {
  return weight;
}
