// The fields of a .torrent that an edit may change, as they are written: entries that no program could use stay with the
// others.

import { addressKey } from "../address/address.ts";
import { integerOr } from "../bencode/bencode-fields.ts";
import type { BencodeValue } from "../bencode/bencode-value.ts";
import { hexadecimal } from "../bytes/hexadecimal.ts";
import { checkTrackerUrl } from "../tracker/tracker-url.ts";
import { checkWebSeedUrl } from "../web-seed/bep-19-file-urls.ts";

/** An entry of a list. */
export interface WrittenItem {
  /** The value as people write it: a URL, `host:port`, hexadecimal digits or text; "" if it is of a wrong type. */
  readonly text: string;
  /** Bencoded. */
  readonly encoded: Uint8Array;
}

/** Hints of data that other torrents have (BEP 38). */
export interface WrittenHints {
  /** Info-hashes, as hexadecimal digits. */
  readonly similar: readonly WrittenItem[];
  readonly collections: readonly WrittenItem[];
}

/** The fields of a .torrent that {@link editTorrent} changes. */
export interface EditableFields extends WrittenHints {
  /** By tier (BEP 12). */
  readonly trackers: readonly (readonly WrittenItem[])[];
  readonly webSeeds: readonly WrittenItem[];
  readonly nodes: readonly WrittenItem[];
  readonly comment: string | undefined;
  /** Fields of the `info` dictionary: a change is another info-hash. */
  readonly info: WrittenHints & {
    readonly name: string | undefined;
    readonly isPrivate: boolean;
    readonly source: string | undefined;
  };
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** @param torrent The dictionary of a .torrent. */
export function readEditable(torrent: BencodeValue): EditableFields {
  const info = torrent.get("info");
  return {
    trackers: writtenTrackers(torrent),
    webSeeds: listOf(torrent.get("url-list")).map((value) => itemOf(value, webSeedText)),
    nodes: listOf(torrent.get("nodes")).map((value) => itemOf(value, nodeText)),
    comment: textOf(torrent.get("comment.utf-8")) ?? textOf(torrent.get("comment")),
    ...writtenHints(torrent),
    info: {
      name: textOf(info?.get("name.utf-8")) ?? textOf(info?.get("name")),
      isPrivate: isPrivate(info?.get("private")),
      source: textOf(info?.get("source")),
      ...writtenHints(info),
    },
  };
}

/** The text of a tracker's URL in the form that is announced to; any other text as it is. */
export function trackerText(text: string): string {
  const check = checkTrackerUrl(text);
  return "url" in check ? check.url : text.trim();
}

/** The tiers of `announce-list`, with the tracker of `announce` in front if no program could announce to one there. */
function writtenTrackers(torrent: BencodeValue): readonly (readonly WrittenItem[])[] {
  const tiers: (readonly WrittenItem[])[] = [];
  for (const tier of torrent.get("announce-list")?.items() ?? []) {
    const urls = listOf(tier).map((value) => itemOf(value, urlText));
    const written = urls.filter(({ text }) => text !== "");
    if (written.length > 0) tiers.push(written);
  }
  const announce = torrent.get("announce");
  const isUsable = tiers.flat().some(({ text }) => "url" in checkTrackerUrl(text));
  if (isUsable || announce === undefined) return tiers;
  const first = itemOf(announce, urlText);
  return first.text === "" ? tiers : [[first], ...tiers];
}

function writtenHints(dictionary: BencodeValue | undefined): WrittenHints {
  return {
    similar: listOf(dictionary?.get("similar")).map((value) => itemOf(value, hexText)),
    collections: listOf(dictionary?.get("collections")).map((value) => itemOf(value, textOf)),
  };
}

function listOf(value: BencodeValue | undefined): readonly BencodeValue[] {
  if (value === undefined) return [];
  return value.kind === "list" ? [...value.items()] : [value];
}

function itemOf(
  value: BencodeValue,
  spell: (value: BencodeValue) => string | undefined,
): WrittenItem {
  return { text: spell(value) ?? "", encoded: value.encoded };
}

function textOf(value: BencodeValue | undefined): string | undefined {
  const bytes = value?.string;
  return bytes && utf8.decode(bytes);
}

function urlText(value: BencodeValue): string {
  return trackerText(textOf(value) ?? "");
}

function webSeedText(value: BencodeValue): string {
  const text = textOf(value) ?? "";
  const check = checkWebSeedUrl(text);
  return "url" in check ? check.url : text.trim();
}

function hexText(value: BencodeValue): string | undefined {
  return value.string && hexadecimal(value.string);
}

function nodeText(value: BencodeValue): string {
  const [host, port] = value.items();
  const number = integerOr(port, 0, 65_535, undefined);
  const name = textOf(host);
  return name === undefined || number === undefined ? "" : addressKey(name, number);
}

function isPrivate(value: BencodeValue | undefined): boolean {
  return value !== undefined && !(value.kind === "integer" && utf8.decode(value.encoded) === "i0e");
}
