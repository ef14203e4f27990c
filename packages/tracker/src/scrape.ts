import {
  decodeScrapeQuery,
  encodeAnnounceFailure,
  encodeScrapeReply,
  type ScrapeCounts,
} from "@troupe/protocol/tracker";
import type { InfoHash } from "@troupe/protocol/units";
import type { SwarmStore } from "./swarm-store.ts";

/**
 * Answers `GET /scrape?info_hash=…&info_hash=…` (BEP 48) without unknown torrents. A scrape of all torrents is refused:
 * its reply would have no bound.
 *
 * @param rawQuery Percent-encoded.
 */
export function answerScrape(rawQuery: string, store: SwarmStore, nowMs: number): Uint8Array {
  const wanted = decodeScrapeQuery(rawQuery);
  if (wanted.length === 0) {
    return encodeAnnounceFailure("the scrape names no info_hash of 20 bytes");
  }
  const known = new Map<InfoHash, ScrapeCounts>();
  for (const infoHash of wanted) {
    const swarm = store.find(infoHash, nowMs);
    if (swarm !== undefined) known.set(infoHash, swarm.counts());
  }
  return encodeScrapeReply(known);
}
