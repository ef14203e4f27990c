// https://www.bittorrent.org/beps/bep_0010.html "handshake message": fields beyond those that we read, for extensions from
// outside.

import { bencodeLimits, decode } from "../bencode/bencode-decode.ts";
import { integerOr } from "../bencode/bencode-fields.ts";
import type { BencodeValue } from "../bencode/bencode-value.ts";

/** A value of a handshake. Text is bytes. */
export type HandshakeField =
  | number
  | Uint8Array
  | readonly HandshakeField[]
  | { readonly [key: string]: HandshakeField };

/** Fields by key. */
export type HandshakeFields = Readonly<Record<string, HandshakeField>>;

/** The keys of BEP 10, and those that our handshakes have. */
export const knownHandshakeKeys: ReadonlySet<string> = new Set([
  "e",
  "ipv4",
  "ipv6",
  "m",
  "metadata_size",
  "p",
  "reqq",
  "upload_only",
  "v",
  "yourip",
]);

/** Other fields of a handshake; the rest is left out. */
const maxFields = 16;
/** Longest value of a field; a field with a longer one is left out. */
const maxFieldBytes = 1_024;
/** Longest key of a field; a field with a longer one is left out. */
const maxKeyLength = 64;

/**
 * @param payload Payload of a handshake that `decodeExtendedHandshake` has accepted. Read during the call only.
 * @returns The first 16 other fields of at most 1 KiB each, in memory of their own. Keys that are not printable ASCII,
 *   and integers beyond ±2⁵³, are left out with the field that has them.
 */
export function decodeOtherFields(payload: Uint8Array): HandshakeFields {
  const fields: [string, HandshakeField][] = [];
  for (const [key, value] of decode(payload, bencodeLimits.wire).entries()) {
    const name = keyText(key);
    if (fields.length === maxFields) break;
    if (name === undefined || knownHandshakeKeys.has(name)) continue;
    const field = value.encoded.length <= maxFieldBytes ? fieldOf(value) : undefined;
    if (field !== undefined) fields.push([name, field]);
  }
  return Object.fromEntries(fields);
}

/** @returns Undefined for a value that has no exact form here. */
function fieldOf(value: BencodeValue): HandshakeField | undefined {
  switch (value.kind) {
    case "integer":
      return integerOr(value, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, undefined);
    case "string":
      return value.string?.slice();
    case "list":
      return allOf(Array.from(value.items(), fieldOf));
    case "dictionary":
      return dictionaryOf(value);
  }
}

function dictionaryOf(value: BencodeValue): HandshakeField | undefined {
  const entries = Array.from(value.entries(), ([key, entry]) => {
    const [name, field] = [keyText(key), fieldOf(entry)];
    return name === undefined || field === undefined ? undefined : ([name, field] as const);
  });
  const whole = allOf(entries);
  return whole && Object.fromEntries(whole);
}

/** @returns Undefined if one is missing. */
function allOf<Item>(items: readonly (Item | undefined)[]): Item[] | undefined {
  const all = items.filter((item) => item !== undefined);
  return all.length === items.length ? all : undefined;
}

function keyText(key: Uint8Array): string | undefined {
  if (key.length > maxKeyLength) return undefined;
  const text = String.fromCharCode(...key);
  return /^[ -~]*$/.test(text) ? text : undefined;
}
