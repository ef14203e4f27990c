// Magnet links: https://www.bittorrent.org/beps/bep_0009.html "magnet URI format", `so` of BEP 53, `ws` of BEP 19. `btmh` is the
// hash of version 2 as a multihash: 12 and 20 say that it is a SHA-256 of 32 bytes.

import { parseHostPort } from "../address/address.ts";
import { cleanText } from "../text/clean-text.ts";
import { ProtocolError } from "../errors.ts";
import { maxTrackers } from "../metainfo/metainfo-trackers.ts";
import { mergeRanges, type PieceRange } from "../metainfo/piece-ranges.ts";
import type { PeerAddress } from "../address/peer-address.ts";
import { percentDecode } from "../tracker/percent-encoding.ts";
import { checkTrackerUrl } from "../tracker/tracker-url.ts";
import { checkWebSeedUrl } from "../web-seed/bep-19-file-urls.ts";
import { isInfoHashV2, type InfoHashes, type InfoHashV2, wireHashes } from "../identity.ts";
import { isInfoHashText, parseInfoHash, type InfoHash } from "../units.ts";

/** Characters of a link. */
export const maxMagnetLength = 65_536;
/** Peers of a link. */
const maxMagnetPeers = 20;
/** Web seeds of a link. */
const maxMagnetWebSeeds = 20;

/** A SHA-256 of 32 bytes, as a multihash begins. */
const sha256Multihash = "1220";
const maxNameLength = 255;
/** File numbers of `so`. */
const maxFileNumber = 2 ** 31 - 1;

/** A magnet link, checked. */
export interface Magnet {
  readonly infoHash: InfoHash;
  readonly infoHashes: InfoHashes;
  /** `dn`, cleaned, at most 255 characters. */
  readonly name?: string;
  /** `tr`: at most 200 different usable URLs, in the order of the link. Each is a tier of its own. */
  readonly trackers: readonly string[];
  /** `ws`: at most 20 different http or https URLs. */
  readonly webSeeds: readonly string[];
  /** `x.pe`: at most 20. The host may be a name. */
  readonly peers: readonly PeerAddress[];
  /** `so`: files to download, ranges of their numbers, ascending and apart. Absent: all files. */
  readonly selected?: readonly PieceRange[];
  /** A sentence for each reason to leave a parameter out. */
  readonly warnings: readonly string[];
}

/** The fields of a link to write. */
interface OwnMagnet {
  readonly infoHashes: InfoHashes;
  readonly name?: string;
  readonly trackers?: readonly string[];
  readonly webSeeds?: readonly string[];
}

/** The text is a magnet link or a bare info-hash, perhaps a broken one. */
export function isMagnetText(text: string): boolean {
  const trimmed = text.trim();
  return /^magnet:/i.test(trimmed) || isInfoHashText(trimmed) || isInfoHashV2(trimmed);
}

/**
 * @param text A magnet link, an info-hash as {@link parseInfoHash} reads it, or the 64 hexadecimal digits of version 2.
 * @throws {ProtocolError} `magnet-malformed` for a link that is too long, lacks an info-hash or names two of one version;
 *   `info-hash-malformed`.
 */
export function parseMagnet(text: string): Magnet {
  const trimmed = text.trim();
  if (trimmed.length > maxMagnetLength) {
    throw malformed(`it has ${trimmed.length} characters, allowed are ${maxMagnetLength}`);
  }
  const query = /^magnet:\?(.*)$/is.exec(trimmed)?.[1];
  if (query === undefined) {
    if (/^magnet:/i.test(trimmed)) throw malformed('"?" must follow "magnet:"');
    return {
      ...named(readHash(trimmed)),
      trackers: [],
      webSeeds: [],
      peers: [],
      warnings: [],
    };
  }
  const parameters = splitQuery(query);
  const values = (name: string): string[] =>
    parameters.filter((parameter) => parameter.name === name).map(({ value }) => value);
  const leftOut = new LeftOut();
  const name = cleanText(decodeName(values("dn")[0] ?? ""), maxNameLength);
  const selected = readSelection(values("so"), leftOut);
  return {
    ...named(readTopics(values("xt").map(decodeText))),
    ...(name !== "" && { name }),
    trackers: readUrls(values("tr"), "trackers", leftOut),
    webSeeds: readUrls(values("ws"), "web seeds", leftOut),
    peers: readPeers(values("x.pe"), leftOut),
    ...(selected !== undefined && { selected }),
    warnings: leftOut.warnings,
  };
}

/**
 * @returns The link, its info-hashes in hexadecimal digits. Trackers and web seeds beyond the bounds of a link are left out.
 */
export function formatMagnet({
  infoHashes: { v1, v2 },
  name,
  trackers = [],
  webSeeds = [],
}: OwnMagnet): string {
  const shownName = name === undefined ? "" : `&dn=${encodeURIComponent(name)}`;
  const topics = [
    ...(v1 === undefined ? [] : [`xt=urn:btih:${v1}`]),
    ...(v2 === undefined ? [] : [`xt=urn:btmh:${sha256Multihash}${v2}`]),
  ];
  let link = `magnet:?${topics.join("&")}${shownName}`;
  const parameters = [
    ...trackers.slice(0, maxTrackers).map((url) => `&tr=${encodeURIComponent(url)}`),
    ...webSeeds.slice(0, maxMagnetWebSeeds).map((url) => `&ws=${encodeURIComponent(url)}`),
  ];
  for (const parameter of parameters) {
    if (link.length + parameter.length <= maxMagnetLength) link += parameter;
  }
  return link;
}

function named(infoHashes: InfoHashes): Pick<Magnet, "infoHash" | "infoHashes"> {
  const [infoHash] = wireHashes(infoHashes);
  return { infoHash, infoHashes };
}

/** A hash of version 1 or 2 alone. */
function readHash(text: string): InfoHashes {
  return isInfoHashV2(text)
    ? { v2: text.toLowerCase() as InfoHashV2 }
    : { v1: parseInfoHash(text) };
}

/** Names in lower case; `tr.1` counts as `tr`. Links that were copied from a page's source have `&amp;` or `&#038;` for `&`. */
function splitQuery(query: string): { readonly name: string; readonly value: string }[] {
  return query.split(/&(?:amp;|#0*38;)?/i).flatMap((parameter) => {
    const equals = parameter.indexOf("=");
    if (equals <= 0) return [];
    const name = parameter
      .slice(0, equals)
      .toLowerCase()
      .replace(/\.\d+$/, "");
    return [{ name, value: parameter.slice(equals + 1) }];
  });
}

/** `+` is itself. Text with a broken `%` stays as written. A text whose first colon is still encoded was encoded twice. */
function decodeText(text: string): string {
  const decoded = decodeOnce(text);
  return /^[^:]*%3a/i.test(decoded) ? decodeOnce(decoded) : decoded;
}

function decodeOnce(text: string): string {
  return percentDecodeText(text.replaceAll("+", "%2B")) ?? text;
}

/** `+` is a space. */
function decodeName(text: string): string {
  return percentDecodeText(text) ?? text.replaceAll("+", " ");
}

/** U+FFFD stands for bytes that are no UTF-8. @returns Undefined for a broken `%`. */
function percentDecodeText(text: string): string | undefined {
  // Characters beyond ASCII may stand in a link unescaped: they pass in their UTF-8 form.
  const escaped = text.toWellFormed().replaceAll(/[^\0-\x7f]+/g, encodeURIComponent);
  const bytes = percentDecode(escaped);
  return bytes && new TextDecoder().decode(bytes);
}

function readTopics(topics: readonly string[]): InfoHashes {
  const v1 = onlyTopic(topics, /^urn:btih:(.*)$/is, parseInfoHash);
  const v2 = onlyTopic(topics, /^urn:btmh:(.*)$/is, readMultihash);
  if (v1 !== undefined) return { v1, ...(v2 !== undefined && { v2 }) };
  if (v2 !== undefined) return { v2 };
  throw malformed('it has no info-hash ("xt=urn:btih:…" or "xt=urn:btmh:1220…")');
}

/** @returns The hash that all topics of a version name; undefined without one. */
function onlyTopic<Hash>(
  topics: readonly string[],
  pattern: RegExp,
  read: (text: string) => Hash,
): Hash | undefined {
  const hashes = new Set(
    topics.flatMap((topic) => {
      const [, text] = pattern.exec(topic) ?? [];
      return text === undefined ? [] : [read(text)];
    }),
  );
  if (hashes.size > 1) throw malformed(`it names ${hashes.size} different torrents`);
  const [only] = hashes;
  return only;
}

function readMultihash(text: string): InfoHashV2 {
  const hash = text.slice(sha256Multihash.length);
  if (text.startsWith(sha256Multihash) && isInfoHashV2(hash))
    return hash.toLowerCase() as InfoHashV2;
  throw malformed('"btmh" must be 1220 and 64 hexadecimal digits, a SHA-256');
}

function readUrls(
  values: readonly string[],
  kind: "trackers" | "web seeds",
  leftOut: LeftOut,
): string[] {
  const max = kind === "trackers" ? maxTrackers : maxMagnetWebSeeds;
  const urls = new Set<string>();
  for (const value of values) {
    const text = decodeText(value);
    const check = kind === "trackers" ? checkTrackerUrl(text) : checkWebSeedUrl(text);
    if ("refused" in check) leftOut.add(kind, `the URL ${check.refused}`);
    else if (urls.has(check.url)) continue;
    else if (urls.size >= max) leftOut.add(kind, `the link has more than ${max}`);
    else urls.add(check.url);
  }
  return [...urls];
}

function readPeers(values: readonly string[], leftOut: LeftOut): PeerAddress[] {
  const peers: PeerAddress[] = [];
  for (const value of values) {
    try {
      const peer = parseHostPort(decodeText(value));
      if (peers.length < maxMagnetPeers) peers.push(peer);
      else leftOut.add("peers", `the link has more than ${maxMagnetPeers}`);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      leftOut.add("peers", "the address is not host:port");
    }
  }
  return peers;
}

/** `so=0,2,4-7` (BEP 53). A part that is no range is left out; `so` without a range counts as absent. */
function readSelection(
  values: readonly string[],
  leftOut: LeftOut,
): readonly PieceRange[] | undefined {
  const ranges = values
    .flatMap((value) => decodeText(value).split(","))
    .flatMap((part): PieceRange[] => {
      const [, first, last = first] = /^\s*(\d{1,10})(?:-(\d{1,10}))?\s*$/.exec(part) ?? [];
      const range = [Number(first), Number(last)] as const;
      if (range[0] <= range[1] && range[1] <= maxFileNumber) return [range];
      leftOut.add("file ranges", "a range is two numbers, the smaller one first");
      return [];
    });
  return ranges.length === 0 ? undefined : mergeRanges(ranges);
}

/** Counts dropped parameters by their kind and reason. */
class LeftOut {
  readonly #counts = new Map<
    string,
    { readonly kind: string; readonly reason: string; count: number }
  >();

  /** @param kind In the plural. */
  add(kind: string, reason: string): void {
    const key = `${kind} ${reason}`;
    const entry = this.#counts.get(key) ?? { kind, reason, count: 0 };
    entry.count++;
    this.#counts.set(key, entry);
  }

  get warnings(): string[] {
    return Array.from(this.#counts.values(), ({ kind, reason, count }) => {
      const what = count === 1 ? kind.slice(0, -1) : kind;
      return `${count} ${what} left out: ${reason}`;
    });
  }
}

function malformed(reason: string): ProtocolError {
  return new ProtocolError("magnet-malformed", {
    operation: "parse-magnet",
    message: `cannot read the magnet link: ${reason}`,
  });
}
