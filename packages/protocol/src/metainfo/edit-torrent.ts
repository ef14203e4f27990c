// Changes to a .torrent. A field that no change names stays byte for byte, known or not: the dictionaries are cut and joined,
// never written anew.

import { bencodeLimits, decodePrefix } from "../bencode/bencode-decode.ts";
import { invalidField, requireDictionary } from "../bencode/bencode-fields.ts";
import type { BencodeValue } from "../bencode/bencode-value.ts";
import { readEditable, type EditableFields, type WrittenItem } from "./editable-fields.ts";
import { parseTorrent } from "./parse-torrent.ts";
import {
  bencodedDictionary,
  bencodedList,
  bencodedString,
  spliceDictionary,
  type DictionarySplice,
} from "./splice-dictionary.ts";
import {
  editedHints,
  editedNodes,
  editedTiers,
  editedWebSeeds,
  type TorrentEdits,
} from "./torrent-edits.ts";

const maxCommentBytes = 4_096;
const maxSourceBytes = 256;
/** The longest name of a file on most file systems. */
const maxNameBytes = 255;

type Splice = Map<string, Uint8Array | undefined>;

/**
 * Changes a .torrent of any version. Without `edits.info` the info-hash stays. Fields that no change names stay byte for byte,
 * as do piece layers, unknown fields, and bytes after the end.
 *
 * @param bytes At most 32 MiB. Read during the call only.
 * @returns Memory of its own: bytes that {@link parseTorrent} accepts; equal to `bytes` if nothing changes.
 * @throws {ProtocolError} Any code of {@link parseTorrent}; `field-invalid` for a value that programs could not use.
 */
export function editTorrent(bytes: Uint8Array, edits: TorrentEdits): Uint8Array {
  const options = { areLayersProven: true };
  parseTorrent(bytes, options);
  const edited = withEdits(bytes, edits);
  if (edited === bytes) return new Uint8Array(bytes);
  parseTorrent(edited, options);
  return edited;
}

/**
 * The edits alone, for a caller that parses the result.
 *
 * @param bytes Bytes that {@link parseTorrent} accepts, or will accept with the edits.
 * @param notes Further entries, which no edit names.
 * @returns `bytes` if nothing changes.
 * @throws {ProtocolError} `field-invalid`, or the gate's error for what is read.
 */
export function withEdits(
  bytes: Uint8Array,
  edits: TorrentEdits,
  notes: DictionarySplice = new Map(),
): Uint8Array {
  const { root, end } = decodePrefix(bytes, bencodeLimits.file);
  const fields = readEditable(root);
  const splice: Splice = new Map(notes);
  spliceLists(splice, root, fields, edits);
  spliceHints(splice, fields, edits);
  spliceComment(splice, root, edits.comment);
  const info = requireDictionary(root.get("info"), "info");
  const infoSplice = spliceInfo(info, fields, edits.info ?? {});
  if (infoSplice.size > 0) splice.set("info", spliceDictionary(info, infoSplice));
  if (splice.size === 0) return bytes;
  const edited = spliceDictionary(root, splice);
  return new Uint8Array(Buffer.concat([edited, bytes.subarray(end)]));
}

/** @returns The fields of a .torrent that {@link editTorrent} changes. @throws {ProtocolError} as {@link parseTorrent}. */
export function editableFields(bytes: Uint8Array): EditableFields {
  parseTorrent(bytes, { areLayersProven: true });
  return readEditable(decodePrefix(bytes, bencodeLimits.file).root);
}

function spliceLists(
  splice: Splice,
  torrent: BencodeValue,
  fields: EditableFields,
  edits: TorrentEdits,
): void {
  const tiers = editedTiers(fields.trackers, edits.trackers ?? {});
  if (tiers !== fields.trackers) {
    const urls = tiers.flat();
    // The tracker of `announce` stays there while it is in a tier.
    const written = torrent.get("announce")?.encoded;
    const first = urls.find(({ encoded }) => isSame(encoded, written)) ?? urls[0];
    splice.set("announce", first?.encoded);
    const list = tiers.map((tier) => bencodedList(tier.map(({ encoded }) => encoded)));
    splice.set("announce-list", urls.length > 1 ? bencodedList(list) : undefined);
  }
  const webSeeds = editedWebSeeds(fields.webSeeds, edits.webSeeds ?? {});
  if (webSeeds !== fields.webSeeds) splice.set("url-list", listOrNone(webSeeds));
  const nodes = editedNodes(fields.nodes, edits.nodes ?? {});
  if (nodes !== fields.nodes) splice.set("nodes", listOrNone(nodes));
}

function spliceHints(
  splice: Splice,
  written: Pick<EditableFields, "similar" | "collections">,
  edits: Pick<TorrentEdits, "similar" | "collections">,
): void {
  const { similar, collections } = editedHints(written, edits);
  if (similar !== written.similar) splice.set("similar", listOrNone(similar));
  if (collections !== written.collections) splice.set("collections", listOrNone(collections));
}

function spliceComment(splice: Splice, torrent: BencodeValue, comment: string | undefined): void {
  if (comment === undefined) return;
  spliceText(splice, torrent, "comment", checkedText("comment", comment, maxCommentBytes));
}

/** @returns The changed entries of `info`; none if its bytes stay. */
function spliceInfo(
  info: BencodeValue,
  { info: written }: EditableFields,
  edits: NonNullable<TorrentEdits["info"]>,
): DictionarySplice {
  const splice: Splice = new Map();
  const { isPrivate = written.isPrivate, name, source } = edits;
  if (isPrivate !== written.isPrivate)
    splice.set("private", isPrivate ? Buffer.from("i1e") : undefined);
  if (source !== undefined)
    spliceText(splice, info, "source", checkedText("info.source", source, maxSourceBytes));
  if (name !== undefined && name !== written.name) spliceName(splice, info, checkedName(name));
  spliceHints(splice, written, edits);
  return splice;
}

/** The key of the tree of a single file is the name of that file, so it changes too. */
function spliceName(splice: Splice, info: BencodeValue, name: string): void {
  const written = info.get("name")?.string;
  splice.set("name", bencodedString(name));
  if (info.get("name.utf-8") !== undefined) splice.set("name.utf-8", bencodedString(name));
  const [first, ...others] = info.get("file tree")?.entries() ?? [];
  if (first === undefined || others.length > 0) return;
  const [key, value] = first;
  if (value.get("") === undefined || !isSame(key, written)) return;
  splice.set("file tree", bencodedDictionary([[name, value.encoded]]));
}

/** Sets a text. Its twin in UTF-8, such as `comment.utf-8`, is removed: programs read it first. */
function spliceText(splice: Splice, dictionary: BencodeValue, key: string, text: string): void {
  const encoded = text === "" ? undefined : bencodedString(text);
  const twin = `${key}.utf-8`;
  if (dictionary.get(twin) !== undefined) splice.set(twin, undefined);
  if (!isSame(dictionary.get(key)?.encoded, encoded)) splice.set(key, encoded);
}

function checkedText(field: string, text: string, maxBytes: number): string {
  if (!text.isWellFormed() || Buffer.byteLength(text) > maxBytes)
    throw invalidField(field, `allowed are ${maxBytes} bytes of UTF-8`);
  return text;
}

function checkedName(name: string): string {
  if (name === "" || name === "." || name === ".." || /[/\\\0]/.test(name))
    throw invalidField("info.name", "it is no name of a file");
  return checkedText("info.name", name, maxNameBytes);
}

function listOrNone(items: readonly WrittenItem[]): Uint8Array | undefined {
  return items.length === 0 ? undefined : bencodedList(items.map(({ encoded }) => encoded));
}

function isSame(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return Buffer.compare(one, other) === 0;
}
