// A feed becomes items. Only this file imports the library.

import {
  type AtomFeed,
  detectAtomFeed,
  detectRssFeed,
  parseAtomFeed,
  parseRdfFeed,
  parseRssFeed,
  type RdfFeed,
  type RssFeed,
} from "feedsmith";
import { cleanText } from "@troupe/protocol/text";
import type { FeedItem, ReadFeed } from "../feeds.messages.ts";
import { decodeText } from "./decode-text.ts";
import { linkOf, type NamedLink } from "./item-link.ts";
import { scanDocument, type IndexerFields } from "./scan-document.ts";

/** Characters of a title; the rest is left out. */
const longestTitle = 512;
/** Characters of the text that tells an item from others; the rest is left out. */
const longestId = 2_048;

/** An item as each format has it. */
interface RawItem {
  readonly title: unknown;
  readonly id: unknown;
  readonly dates: readonly unknown[];
  readonly links: readonly NamedLink[];
  readonly sizes: readonly unknown[];
}

/**
 * Reads RSS, RDF or Atom.
 *
 * @param bytes The document, bounded by its fetch.
 * @param url Relative links begin here.
 */
export function readFeed(bytes: Uint8Array, url: string): ReadFeed {
  const text = decodeText(bytes);
  if (text === undefined) return { kind: "refused", message: "its encoding is not known" };
  const scanned = scanDocument(text);
  if (scanned.kind === "refused") return scanned;
  try {
    const { items, ttlMinutes } = rawFeed(text);
    // The library leaves out items without content: then no field belongs to an item for sure.
    const isAligned = items.length === scanned.items.length;
    const read = items.map((item, at) => itemOf(item, isAligned ? scanned.items[at] : {}, url));
    return { kind: "feed", items: read, ...(ttlMinutes !== undefined && { ttlMinutes }) };
  } catch {
    return { kind: "malformed", message: "it is no RSS, RDF or Atom" };
  }
}

function rawFeed(text: string): { readonly items: RawItem[]; readonly ttlMinutes?: number } {
  if (detectRssFeed(text)) {
    const feed = parseRssFeed(text);
    const minutes = Number(feed.ttl);
    return {
      items: (feed.items ?? []).map(rssItem),
      ...(minutes > 0 && minutes < Infinity && { ttlMinutes: minutes }),
    };
  }
  if (detectAtomFeed(text)) return { items: (parseAtomFeed(text).entries ?? []).map(atomItem) };
  return { items: (parseRdfFeed(text).items ?? []).map(rdfItem) };
}

function rssItem({
  title,
  guid,
  link,
  enclosures = [],
  pubDate,
  dc,
}: RssFeed.Item<string>): RawItem {
  const attached = enclosures.map(({ url, type }) => ({ kind: "enclosure", url, type }) as const);
  return {
    title,
    id: guid?.value ?? link,
    dates: [pubDate, ...(dc?.dates ?? [])],
    links: [...attached, { kind: "page", url: link }, { kind: "page", url: wholeUrl(guid?.value) }],
    sizes: enclosures.map(({ length }) => length),
  };
}

function atomItem({
  title,
  id,
  links = [],
  published,
  updated,
}: Partial<AtomFeed.Entry<string>>): RawItem {
  return {
    title: title?.value,
    id,
    dates: [published, updated],
    links: links.map(({ href, rel, type }) => ({
      kind: rel === "enclosure" ? "enclosure" : "page",
      url: href,
      type,
    })),
    sizes: links.filter(({ rel }) => rel === "enclosure").map(({ length }) => length),
  };
}

function rdfItem({ title, link, rdf, dc }: RdfFeed.Item<string>): RawItem {
  return {
    title,
    id: rdf?.about ?? link,
    dates: dc?.dates ?? [],
    links: [{ kind: "page", url: link }],
    sizes: [],
  };
}

function itemOf(raw: RawItem, fields: IndexerFields = {}, url: string): FeedItem {
  const title = cleanText(textOf(raw.title), longestTitle);
  const magnet: NamedLink = { kind: "magnet", url: fields.magnet };
  const link = linkOf([...raw.links, magnet], url);
  const publishedMs = raw.dates.map(dateOf).find((date) => date !== undefined);
  const sizeBytes = [...raw.sizes, fields.size].map(countOf).find((size) => (size ?? 0) > 0);
  const seeders = countOf(fields.seeders);
  return {
    id: (textOf(raw.id) || link || title).slice(0, longestId),
    title,
    ...(link !== undefined && { link }),
    ...(publishedMs !== undefined && { publishedMs }),
    ...(sizeBytes !== undefined && { sizeBytes }),
    ...(seeders !== undefined && { seeders }),
  };
}

/** An id is a link where it is a whole URL alone. */
function wholeUrl(id: unknown): string | undefined {
  return /^(?:https?|magnet):/i.test(textOf(id)) ? textOf(id) : undefined;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value.trim() : "";
}

/** @returns Undefined for what is no whole number, or one that loses digits. */
function countOf(value: unknown): number | undefined {
  const isText = typeof value === "string" && /^\d{1,16}$/.test(value);
  const count = isText ? Number(value) : value;
  return typeof count === "number" && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

function dateOf(value: unknown): number | undefined {
  if (typeof value !== "string" || value.length > 100) return undefined;
  const ms = Date.parse(value);
  return ms >= 0 ? ms : undefined;
}
