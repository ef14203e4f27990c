// npm `bencode` behind a check of its input.

import { ProtocolError } from "../errors.ts";
import { bencodeLibrary } from "./load-bencode.ts";

/** Text becomes UTF-8. Keys are printable ASCII, which the library sorts in BEP 3's byte order. */
export type Encodable =
  | number
  | string
  | Uint8Array
  | readonly Encodable[]
  | { readonly [key: string]: Encodable };

const maxDepth = 64;

/**
 * @returns Memory of its own.
 * @throws {ProtocolError} `bencode-not-encodable` for values without an exact encoding: undefined and null (the library
 *   may leave the key), numbers that are not whole or beyond ±2⁵³, bigints, lone surrogates, keys that are not
 *   printable ASCII, objects of classes, more than 64 levels.
 */
export function encode(value: Encodable): Uint8Array {
  checkEncodable(value, "the value", 0);
  return bencodeLibrary().encode(value);
}

function checkEncodable(value: unknown, where: string, depth: number): void {
  if (depth > maxDepth) throw notEncodable(where, `more than ${maxDepth} levels`);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw notEncodable(where, `the number ${value}`);
    return;
  }
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw notEncodable(where, "text with a lone surrogate");
    return;
  }
  if (value instanceof Uint8Array) return;
  if (Array.isArray(value)) {
    // By index, which shows holes.
    for (let i = 0; i < value.length; i++) checkEncodable(value[i], where, depth + 1);
    return;
  }
  if (!isPlainObject(value)) throw notEncodable(where, kindOf(value));
  for (const [key, entry] of Object.entries(value)) {
    if (!/^[ -~]*$/.test(key)) throw notEncodable(where, "a key that is not printable ASCII");
    checkEncodable(entry, `"${key}"`, depth + 1);
  }
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function kindOf(value: unknown): string {
  return value === null ? "null" : `a value of type ${typeof value}`;
}

function notEncodable(where: string, seen: string): ProtocolError {
  return new ProtocolError("bencode-not-encodable", {
    operation: "encode-bencode",
    message: `cannot encode ${seen} in ${where}: only whole numbers, text, bytes, lists and plain objects are written`,
    details: { where, seen },
  });
}
