import type { TorrentInfo } from "@troupe/messages";
import { formatMagnet } from "@troupe/protocol/magnet";
import type { InfoHash } from "@troupe/protocol/units";

/** A magnet link of a torrent. A name that is only the hash is left out. */
export function magnetOf({
  infoHash,
  name,
  trackers,
  webSeeds,
  hasMetadata,
}: Pick<TorrentInfo, "hasMetadata" | "infoHash" | "name" | "trackers" | "webSeeds">): string {
  const isNamed = hasMetadata || name !== infoHash;
  return formatMagnet({
    infoHash: infoHash as InfoHash,
    trackers: trackers.flat(),
    webSeeds,
    ...(isNamed && { name }),
  });
}
