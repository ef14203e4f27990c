import type { TorrentWeight } from "@troupe/messages";

/** The weight of a torrent in each rule that shares something between torrents. */
export function weightOf({ weight }: { readonly weight: TorrentWeight }): TorrentWeight {
  return weight;
}
