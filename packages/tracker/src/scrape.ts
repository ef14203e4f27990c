// https://www.bittorrent.org/beps/bep_0048.html: counters of the requested torrents.

import {
  encodeAnnounceFailure,
  infoHashBytes,
  infoHashFromBytes,
  infoHashToBytes,
  percentDecode,
} from "@troupe/protocol";
import type { InfoHash } from "@troupe/protocol";
import type { SwarmStore } from "./swarm-store.ts";

/** Torrents in a scrape; further ones are ignored. */
export const mostScraped = 100;

/**
 * Answers `GET /scrape?info_hash=…&info_hash=…` without unknown torrents. A scrape of all torrents is refused: its
 * reply would have no bound.
 *
 * @param rawQuery Percent-encoded.
 */
export function answerScrape(rawQuery: string, store: SwarmStore, nowMs: number): Uint8Array {
  const wanted = wantedHashes(rawQuery);
  if (wanted.length === 0) {
    return encodeAnnounceFailure("the scrape names no info_hash of 20 bytes");
  }
  // Raw bytes in sorted order; equal-length hex sorts like the bytes.
  const parts = [Buffer.from("d5:filesd")];
  for (const infoHash of [...new Set(wanted)].toSorted()) {
    const swarm = store.find(infoHash, nowMs);
    if (swarm === undefined) continue;
    const { complete, downloaded, incomplete } = swarm.counts();
    parts.push(
      Buffer.from("20:"),
      Buffer.from(infoHashToBytes(infoHash)),
      Buffer.from(
        `d8:completei${complete}e10:downloadedi${downloaded}e10:incompletei${incomplete}ee`,
      ),
    );
  }
  return Buffer.concat([...parts, Buffer.from("ee")]);
}

function wantedHashes(rawQuery: string): InfoHash[] {
  const hashes: InfoHash[] = [];
  for (const field of rawQuery.split("&", mostScraped)) {
    if (!field.startsWith("info_hash=")) continue;
    const bytes = percentDecode(field.slice("info_hash=".length));
    if (bytes?.length === infoHashBytes) hashes.push(infoHashFromBytes(bytes));
  }
  return hashes;
}
