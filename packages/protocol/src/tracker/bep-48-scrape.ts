// https://www.bittorrent.org/beps/bep_0048.html: the counts of torrents, asked of an HTTP tracker without an announce.

import { latin1Bytes } from "../bytes/latin1-bytes.ts";
import { bencodeLimits, decodePrefix } from "../bencode/bencode-decode.ts";
import { integerOr, requireDictionary } from "../bencode/bencode-fields.ts";
import { type InfoHash, infoHashBytes, infoHashFromBytes, infoHashToBytes } from "../units.ts";
import type { ScrapeCounts } from "./bep-15-udp.ts";
import { percentDecode, percentEncode } from "./percent-encoding.ts";
import { refuseFailure } from "./tracker-refusal.ts";
import { withParameters } from "./url-parameters.ts";

/** Torrents that a scrape query may name; further ones are ignored. */
export const maxScrapeHashes = 100;

/**
 * The URL of a scrape: the last part of the tracker's path begins with `scrape` in place of `announce`.
 *
 * @param announce The tracker's URL. Keeps its query, such as a passkey, and drops its fragment.
 * @returns Undefined for any other path: such a tracker answers no scrape.
 */
export function scrapeUrl(announce: string, infoHashes: readonly InfoHash[]): string | undefined {
  const inLastPart = /^([a-z]+:\/\/[^/?#]+\/(?:[^?#]*\/)?)announce(?=[^/?#]*(?:[?#]|$))/i;
  if (!inLastPart.test(announce)) return undefined;
  const hashes = infoHashes.map((hash) => `info_hash=${percentEncode(infoHashToBytes(hash))}`);
  return withParameters(announce.replace(inLastPart, "$1scrape"), hashes);
}

/** @param rawQuery Percent-encoded. @returns The torrents that a client asks for, in its order. */
export function decodeScrapeQuery(rawQuery: string): InfoHash[] {
  const hashes: InfoHash[] = [];
  for (const field of rawQuery.split("&", maxScrapeHashes)) {
    if (!field.startsWith("info_hash=")) continue;
    const bytes = percentDecode(field.slice("info_hash=".length));
    if (bytes?.length === infoHashBytes) hashes.push(infoHashFromBytes(bytes));
  }
  return hashes;
}

/** @returns The body of a reply. */
export function encodeScrapeReply(torrents: ReadonlyMap<InfoHash, ScrapeCounts>): Uint8Array {
  // Equal lengths in hexadecimal sort as the bytes, which bencode wants sorted.
  const entries = [...torrents].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const files = entries.map(
    ([infoHash, { complete, downloaded, incomplete }]) =>
      `20:${String.fromCharCode(...infoHashToBytes(infoHash))}` +
      `d8:completei${complete}e10:downloadedi${downloaded}e10:incompletei${incomplete}ee`,
  );
  const body = `d5:filesd${files.join("")}ee`;
  return latin1Bytes(body);
}

/**
 * Reads the counts of one torrent from a reply, which may name others too.
 *
 * @param body Unpacked, at most 1 MiB.
 * @returns Without counts that are missing or no numbers. Undefined if the tracker does not know the torrent.
 * @throws {ProtocolError} `tracker-refused`; any code of {@link decodePrefix}; `field-missing` or `field-wrong-type` for
 *   anything but a dictionary with the dictionary `files`.
 */
export function decodeScrapeReply(
  body: Uint8Array,
  infoHash: InfoHash,
): Partial<ScrapeCounts> | undefined {
  const reply = requireDictionary(decodePrefix(body, bencodeLimits.tracker).root, "reply");
  refuseFailure(reply, "scrape");
  const wanted = infoHashToBytes(infoHash);
  for (const [key, torrent] of requireDictionary(reply.get("files"), "files").entries()) {
    if (key.length !== infoHashBytes || wanted.some((byte, i) => byte !== key[i])) continue;
    const counts = (["complete", "downloaded", "incomplete"] as const).map((name) => {
      const count = integerOr(torrent.get(name), 0, Number.MAX_SAFE_INTEGER, undefined);
      return count === undefined ? {} : { [name]: count };
    });
    return Object.assign({}, ...counts);
  }
  return undefined;
}
