// The trackers of a torrent as fields show them.

import { scrapeUrl } from "@troupe/protocol/tracker";
import type { TorrentRow } from "../../view/torrent-row.ts";
import { trackersInForce } from "../../view/trackers-in-force.ts";
import type { Values } from "../values.ts";

/** A tracker with its place. */
interface NumberedTracker {
  /** Its place among the trackers of all tiers, from 0. */
  readonly id: number;
  readonly tier: number;
  readonly announce: string;
}

/** The trackers of a torrent with their numbers, which mutators take. */
export function numberedTrackers(row: TorrentRow): NumberedTracker[] {
  const flat = trackersInForce(row).flatMap((urls, tier) =>
    urls.map((announce) => ({ tier, announce })),
  );
  return flat.map((tracker, id) => ({ id, ...tracker }));
}

/** The field `trackers`. */
export function trackersField(row: TorrentRow): readonly Values[] {
  return numberedTrackers(row).map(({ announce, id, tier }) => ({
    ...{ announce, id, scrape: scrapeOf(announce), sitename: siteOf(announce), tier },
  }));
}

/** The field `tracker_list`: a URL a line, an empty line between tiers. */
export function trackerListField(row: TorrentRow): string {
  return trackersInForce(row)
    .map((tier) => tier.map((url) => `${url}\n`).join(""))
    .join("\n");
}

/** The tiers that a text of the form of `tracker_list` means. */
export function tiersIn(text: string): string[][] {
  const tiers: string[][] = [[]];
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line === "") tiers.push([]);
    else tiers.at(-1)?.push(line);
  }
  return tiers.filter((tier) => tier.length > 0);
}

/** The URL that a tracker is scraped by; empty: none. A UDP tracker without `announce` in its path has one for both. */
export function scrapeOf(announce: string): string {
  if (announce.startsWith("udp:")) return announce.replace(/\/announce([^/]*)$/, "/scrape$1");
  // The query begins for info-hashes that are not there.
  return scrapeUrl(announce, [])?.replace(/[?&]$/, "") ?? "";
}

/** The host of a tracker with its port. */
export function hostOf(announce: string): string {
  const url = URL.parse(announce);
  if (url === null) return "";
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return `${url.hostname}:${port}`;
}

/** The name of the site of a tracker: `example` for `tracker.example.org`, and for `tracker.example.co.uk`. */
export function siteOf(announce: string): string {
  const host = URL.parse(announce)?.hostname ?? "";
  const labels = host.split(".");
  if (host.startsWith("[") || /^[\d.]+$/.test(host) || labels.length < 2) return host;
  const [second = "", top = ""] = labels.slice(-2);
  const isCountry = top.length === 2 && second.length <= 3 && labels.length > 2;
  return labels.at(isCountry ? -3 : -2) ?? host;
}
