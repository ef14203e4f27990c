import type { TorrentInfo } from "@troupe/messages";
import { formatMagnet } from "@troupe/protocol/magnet";

/** A magnet link of a torrent. A name that is only the hash is left out. */
export function magnetOf({
  infoHash,
  infoHashes,
  name,
  trackers,
  webSeeds,
  hasMetadata,
}: Pick<
  TorrentInfo,
  "hasMetadata" | "infoHash" | "infoHashes" | "name" | "trackers" | "webSeeds"
>): string {
  const isNamed = hasMetadata || name !== infoHash;
  return formatMagnet({
    infoHashes,
    trackers: trackers.flat(),
    webSeeds,
    ...(isNamed && { name }),
  });
}
