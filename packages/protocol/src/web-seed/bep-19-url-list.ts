// `url-list` of a .torrent: https://www.bittorrent.org/beps/bep_0019.html "Metadata Extension".

import { requireText } from "../bencode/bencode-fields.ts";
import type { BencodeValue } from "../bencode/bencode-value.ts";
import { checkWebSeedUrl } from "./bep-19-file-urls.ts";

/** Web seeds of a torrent; further ones are left out. */
export const maxWebSeeds = 100;

/**
 * The web seeds of a torrent: a string or a list. Unusable entries are left out, because a torrent works without web
 * seeds.
 *
 * @param warnings Gets a sentence for each reason to leave entries out.
 * @returns At most 100 different http and https URLs, in file order.
 */
export function readUrlList(torrent: BencodeValue, warnings: string[]): readonly string[] {
  const urls = new Set<string>();
  const leftOut = new Map<string, number>();
  const leaveOut = (reason: string): void =>
    void leftOut.set(reason, (leftOut.get(reason) ?? 0) + 1);
  for (const entry of entriesOf(torrent.get("url-list"))) {
    if (entry.kind !== "string") leaveOut("is no text");
    else addUrl(requireText(entry, "url-list"), urls, leaveOut);
  }
  for (const [reason, count] of leftOut) {
    warnings.push(`${count} web seeds left out: the URL ${reason}`);
  }
  return [...urls];
}

function entriesOf(value: BencodeValue | undefined): Iterable<BencodeValue> {
  if (value === undefined) return [];
  return value.kind === "list" ? value.items() : [value];
}

function addUrl(text: string, urls: Set<string>, leaveOut: (reason: string) => void): void {
  // Common where a program has no web seed to write.
  if (text.trim() === "") return;
  const check = checkWebSeedUrl(text);
  if ("refused" in check) leaveOut(check.refused);
  else if (urls.has(check.url)) return;
  else if (urls.size >= maxWebSeeds) leaveOut(`is not among the first ${maxWebSeeds}`);
  else urls.add(check.url);
}
