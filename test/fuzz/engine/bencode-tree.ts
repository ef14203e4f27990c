// Bencode as a tree that can be changed and written again, wrongly too.

import { bytesOf } from "./mutate-bytes.ts";

/** A value; integers keep their digits, for no number holds all that a peer may send. */
export type Tree =
  | { readonly kind: "integer"; readonly digits: string }
  | { readonly kind: "string"; readonly bytes: Uint8Array }
  | { readonly kind: "list"; readonly items: Tree[] }
  | { readonly kind: "dictionary"; readonly entries: [key: Uint8Array, value: Tree][] };

/** Lists and dictionaries within each other that are read as a tree. */
const maxDepth = 40;

/** @returns The value that `bytes` begins with, or undefined when it is none. Not strict. */
export function readTree(bytes: Uint8Array): Tree | undefined {
  return new TreeReader(bytes).value(0);
}

class TreeReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  value(depth: number): Tree | undefined {
    const mark = String.fromCharCode(this.#bytes[this.#at] ?? 0);
    if (depth > maxDepth) return undefined;
    if (mark === "i") return this.#integer();
    if (mark === "l") return this.#list(depth);
    if (mark === "d") return this.#dictionary(depth);
    const bytes = this.#string();
    return bytes && { kind: "string", bytes };
  }

  #integer(): Tree | undefined {
    const end = this.#bytes.indexOf(0x65, this.#at);
    if (end < 0) return undefined;
    const digits = String.fromCharCode(...this.#bytes.subarray(this.#at + 1, end).slice(0, 100));
    this.#at = end + 1;
    return { kind: "integer", digits };
  }

  #string(): Uint8Array | undefined {
    const colon = this.#bytes.indexOf(0x3a, this.#at);
    if (colon < 0 || colon - this.#at > 8 || colon === this.#at) return undefined;
    const length = Number(String.fromCharCode(...this.#bytes.subarray(this.#at, colon)));
    if (!Number.isInteger(length) || length < 0) return undefined;
    const end = colon + 1 + length;
    if (end > this.#bytes.length) return undefined;
    this.#at = end;
    return this.#bytes.slice(colon + 1, end);
  }

  #list(depth: number): Tree | undefined {
    const items: Tree[] = [];
    this.#at += 1;
    while (this.#bytes[this.#at] !== 0x65) {
      const item = this.value(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
    }
    this.#at += 1;
    return { kind: "list", items };
  }

  #dictionary(depth: number): Tree | undefined {
    const entries: [Uint8Array, Tree][] = [];
    this.#at += 1;
    while (this.#bytes[this.#at] !== 0x65) {
      const key = this.#string();
      const value = key && this.value(depth + 1);
      if (key === undefined || value === undefined) return undefined;
      entries.push([key, value]);
    }
    this.#at += 1;
    return { kind: "dictionary", entries };
  }
}

/** Values may stand in a tree many times: a few changes can make one of many gigabytes. */
export function isLonger(tree: Tree, mostBytes: number): boolean {
  return bytesLeft(tree, mostBytes) < 0;
}

/** @returns At most the bytes that are left after the value; below 0 the rest of it is not looked at. */
function bytesLeft(tree: Tree, before: number): number {
  if (tree.kind === "integer") return before - tree.digits.length - 2;
  if (tree.kind === "string") return before - tree.bytes.length - 2;
  let left = before - 2;
  if (tree.kind === "list")
    for (const item of tree.items) {
      if (left < 0) return left;
      left = bytesLeft(item, left);
    }
  else
    for (const [key, value] of tree.entries) {
      if (left < 0) return left;
      left = bytesLeft(value, left - key.length - 2);
    }
  return left;
}

/** @returns The value in bytes, keys in the order in which they stand. */
export function writeTree(tree: Tree): Uint8Array {
  const parts: Uint8Array[] = [];
  write(tree, parts);
  return Buffer.concat(parts);
}

function write(tree: Tree, parts: Uint8Array[]): void {
  switch (tree.kind) {
    case "integer":
      parts.push(bytesOf(`i${tree.digits}e`));
      break;
    case "string":
      writeString(tree.bytes, parts);
      break;
    case "list":
      parts.push(bytesOf("l"));
      for (const item of tree.items) write(item, parts);
      parts.push(bytesOf("e"));
      break;
    case "dictionary":
      parts.push(bytesOf("d"));
      for (const [key, value] of tree.entries) {
        writeString(key, parts);
        write(value, parts);
      }
      parts.push(bytesOf("e"));
      break;
  }
}

function writeString(bytes: Uint8Array, parts: Uint8Array[]): void {
  parts.push(bytesOf(`${bytes.length}:`), bytes);
}

/** A value of plain data. */
export type Plain =
  | number
  | string
  | Uint8Array
  | readonly Plain[]
  | { readonly [key: string]: Plain };

/** @returns The tree of plain data; keys keep their order. */
export function treeOf(value: Plain): Tree {
  if (typeof value === "number") return { kind: "integer", digits: String(value) };
  if (typeof value === "string") return { kind: "string", bytes: bytesOf(value) };
  if (value instanceof Uint8Array) return { kind: "string", bytes: value };
  if (Array.isArray(value)) {
    return { kind: "list", items: (value as readonly Plain[]).map((item) => treeOf(item)) };
  }
  return {
    kind: "dictionary",
    entries: Object.entries(value).map(([key, item]) => [bytesOf(key), treeOf(item)]),
  };
}

/** @returns Plain data in bencode. */
export function bencoded(value: Plain): Uint8Array {
  return writeTree(treeOf(value));
}
