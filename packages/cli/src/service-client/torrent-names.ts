// The torrents that the words of a command line name.

import { cleanText, suggestion } from "@troupe/protocol/text";
import { formatCount } from "../display/units.ts";
import { CommandError } from "../failure.ts";
import type { TorrentRow } from "./service-port.ts";

/** The word for all torrents. */
export const allWord = "all";

/** Names of torrents that an error tells. */
const mostNamed = 3;

/**
 * Finds torrents by number, by a hash or 6 digits of one at least, or by a name that one torrent has; `all` are all.
 *
 * @returns Each torrent once, in the order of the words.
 * @throws CommandError `no-torrent`, `torrent-ambiguous`
 */
export function findTorrents(
  words: readonly string[],
  rows: readonly TorrentRow[],
): readonly TorrentRow[] {
  const found = words.flatMap((word) => (word === allWord ? rows : [findTorrent(word, rows)]));
  return [...new Set(found)];
}

/** Finds one torrent. @throws CommandError as {@link findTorrents} */
function findTorrent(word: string, rows: readonly TorrentRow[]): TorrentRow {
  const numbered = rows.find(({ number }) => String(number) === word);
  if (numbered !== undefined) return numbered;
  const digits = word.toLowerCase();
  const isHash = /^[0-9a-f]{6,64}$/.test(digits);
  const hashed = isHash ? rows.filter((row) => hasHash(row, digits)) : [];
  const found = hashed.length > 0 ? hashed : rows.filter(({ name }) => name === word);
  const [only] = found;
  if (only === undefined) throw noTorrent(word, rows);
  if (found.length > 1) throw ambiguous(word, found);
  return only;
}

/** Its key, and the hashes of both versions. */
function hasHash({ torrent, infoHashV1, infoHashV2 }: TorrentRow, digits: string): boolean {
  return [torrent, infoHashV1, infoHashV2].some((hash) => hash?.startsWith(digits) === true);
}

function noTorrent(word: string, rows: readonly TorrentRow[]): CommandError {
  const seen = cleanText(word, 60);
  const names = rows.map(({ name }) => cleanText(name, 60));
  const meant = suggestion(word.slice(0, 60), names);
  return new CommandError("no-torrent", `the service has no torrent ${seen}${meant}`);
}

function ambiguous(word: string, found: readonly TorrentRow[]): CommandError {
  const numbers = found.slice(0, mostNamed).map(({ number }) => String(number));
  const more = found.length > mostNamed ? ", …" : "";
  const message = `${cleanText(word, 60)} names ${formatCount(found.length, "torrent")}, the numbers ${numbers.join(", ")}${more}; allowed is one`;
  return new CommandError("torrent-ambiguous", message);
}
