// The changes of an edit, and the lists that they make. A value that no program could use is refused.

import { addressKey, isHostText } from "../address/address.ts";
import type { PeerAddress } from "../address/peer-address.ts";
import { invalidField } from "../bencode/bencode-fields.ts";
import { maxTorrentNodes } from "../dht/bep-05-torrent-nodes.ts";
import { checkTrackerUrl } from "../tracker/tracker-url.ts";
import { checkWebSeedUrl } from "../web-seed/bep-19-file-urls.ts";
import { maxWebSeeds } from "../web-seed/bep-19-url-list.ts";
import { trackerText, type WrittenHints, type WrittenItem } from "./editable-fields.ts";
import { maxTrackers } from "./metainfo-trackers.ts";
import { bencodedList, bencodedString } from "./splice-dictionary.ts";

/** Changes of a list, in this order. An entry that is there is not added again. */
export interface ListEdit<Item> {
  /** In place of all entries; an empty list removes them. */
  readonly set?: readonly Item[];
  readonly remove?: readonly Item[];
  readonly add?: readonly Item[];
}

/** Changes of the hints of BEP 38. */
interface HintEdits {
  /** Info-hashes of 40 hexadecimal digits; at most 100. */
  readonly similar?: ListEdit<string>;
  /** At most 100 names. */
  readonly collections?: ListEdit<string>;
}

/** Changes of a .torrent. */
export interface TorrentEdits extends HintEdits {
  /** `set` and `add` take tiers of URLs (BEP 12), `remove` URLs. */
  readonly trackers?: Pick<ListEdit<readonly string[]>, "set" | "add"> &
    Pick<ListEdit<string>, "remove">;
  readonly webSeeds?: ListEdit<string>;
  readonly nodes?: ListEdit<PeerAddress>;
  /** "" removes it. */
  readonly comment?: string;
  /** Changes of the `info` dictionary: the torrent gets another info-hash, and so another swarm. */
  readonly info?: HintEdits & {
    readonly isPrivate?: boolean;
    /** The tag of a tracker that gives a copy an info-hash of its own; "" removes it. */
    readonly source?: string;
    readonly name?: string;
  };
}

/** Hints of a kind, inside or outside `info`. */
const maxHints = 100;
const maxCollectionBytes = 256;

type Tiers = readonly (readonly WrittenItem[])[];

/**
 * @returns The tiers after the changes; `written` itself if nothing changes.
 * @throws {ProtocolError} `field-invalid`
 */
export function editedTiers(
  written: Tiers,
  { set, remove = [], add = [] }: NonNullable<TorrentEdits["trackers"]>,
): Tiers {
  const removed = new Set(remove.map(trackerText));
  const without = (from: Tiers): Tiers =>
    from
      .map((tier) => tier.filter(({ text }) => !removed.has(text)))
      .filter((tier) => tier.length > 0);
  const tiers = set === undefined ? [...without(written)] : [];
  const seen = new Set(tiers.flat().map(({ text }) => text));
  for (const tier of [...without((set ?? []).map(tierOf)), ...add.map(tierOf)]) {
    const fresh = tier.filter(({ text }) => !seen.has(text) && seen.add(text));
    if (fresh.length > 0) tiers.push(fresh);
  }
  checkCount("announce-list", tiers.flat(), written.flat(), maxTrackers);
  return isSameTiers(tiers, written) ? written : tiers;
}

/** @returns The web seeds after the changes, as {@link editedTiers}. */
export function editedWebSeeds(
  written: readonly WrittenItem[],
  edit: ListEdit<string>,
): readonly WrittenItem[] {
  return editedList(written, edit, { field: "url-list", most: maxWebSeeds, make: webSeedItem });
}

/** @returns The nodes after the changes, as {@link editedTiers}. */
export function editedNodes(
  written: readonly WrittenItem[],
  edit: ListEdit<PeerAddress>,
): readonly WrittenItem[] {
  return editedList(written, edit, { field: "nodes", most: maxTorrentNodes, make: nodeItem });
}

/** @returns The hints after the changes, as {@link editedTiers}. */
export function editedHints(
  written: WrittenHints,
  { similar = {}, collections = {} }: HintEdits,
): WrittenHints {
  const hints = { field: "similar", most: maxHints, make: similarItem };
  const names = { field: "collections", most: maxHints, make: collectionItem };
  return {
    similar: editedList(written.similar, similar, hints),
    collections: editedList(written.collections, collections, names),
  };
}

/** The way to write a list. */
interface ListRules<Item> {
  readonly field: string;
  readonly most: number;
  readonly make: (item: Item) => WrittenItem;
}

function editedList<Item>(
  written: readonly WrittenItem[],
  { set, remove = [], add = [] }: ListEdit<Item>,
  { field, most, make }: ListRules<Item>,
): readonly WrittenItem[] {
  const removed = new Set(remove.map((item) => make(item).text));
  const isLeft = ({ text }: WrittenItem): boolean => !removed.has(text);
  const items = set === undefined ? written.filter(isLeft) : [];
  const seen = new Set(items.map(({ text }) => text));
  for (const item of [...(set ?? []).map(make).filter(isLeft), ...add.map(make)]) {
    if (!seen.has(item.text)) items.push(item);
    seen.add(item.text);
  }
  checkCount(field, items, written, most);
  return isSameList(items, written) ? written : items;
}

/** A list that is too long already may become shorter, or stay. */
function checkCount(
  field: string,
  { length: count }: readonly WrittenItem[],
  written: readonly WrittenItem[],
  most: number,
): void {
  if (count > most && count > written.length)
    throw invalidField(field, `it would have ${count} entries, allowed are ${most}`);
}

function isSameTiers(one: Tiers, other: Tiers): boolean {
  return one.length === other.length && one.every((tier, at) => isSameList(tier, other[at] ?? []));
}

function isSameList(one: readonly WrittenItem[], other: readonly WrittenItem[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ encoded }, at) => Buffer.compare(encoded, other[at]?.encoded ?? noBytes) === 0)
  );
}

const noBytes = new Uint8Array(0);

function tierOf(urls: readonly string[]): readonly WrittenItem[] {
  return urls.map((text) => {
    const check = checkTrackerUrl(text);
    if ("refused" in check) throw invalidField("announce-list", `the URL ${check.refused}`);
    return { text: check.url, encoded: bencodedString(check.url) };
  });
}

function webSeedItem(text: string): WrittenItem {
  const check = checkWebSeedUrl(text);
  if ("refused" in check) throw invalidField("url-list", `the URL ${check.refused}`);
  return { text: check.url, encoded: bencodedString(check.url) };
}

function nodeItem({ host, port }: PeerAddress): WrittenItem {
  if (!isHostText(host) || !Number.isInteger(port) || port < 1 || port > 65_535)
    throw invalidField("nodes", "a node is a host and a port from 1 to 65535");
  const encoded = bencodedList([bencodedString(host), Buffer.from(`i${port}e`)]);
  return { text: addressKey(host, port), encoded };
}

function similarItem(digits: string): WrittenItem {
  if (!/^[0-9a-f]{40}$/i.test(digits))
    throw invalidField("similar", "an info-hash has 40 hexadecimal digits");
  return { text: digits.toLowerCase(), encoded: bencodedString(Buffer.from(digits, "hex")) };
}

function collectionItem(name: string): WrittenItem {
  const lengthBytes = Buffer.byteLength(name);
  if (!name.isWellFormed() || lengthBytes === 0 || lengthBytes > maxCollectionBytes)
    throw invalidField("collections", `a name has 1 to ${maxCollectionBytes} bytes of UTF-8`);
  return { text: name, encoded: bencodedString(name) };
}
