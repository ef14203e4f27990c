// The fields of a KRPC message in a datagram. One pass finds the known keys, wherever they stand: the dictionaries of some
// clients are out of order. A known key that comes twice makes a message unsound, so that no two readers of it differ.

import { Mark, isDigit } from "../../bencode/bencode-tape.ts";
import { KeyTable } from "./key-table.ts";
import { krpcLimits } from "./krpc-messages.ts";
import { KrpcScanner } from "./krpc-scanner.ts";
import { nodeIdBytes, type NodeId } from "../node-id.ts";

/** The known keys. */
export const Field = {
  // Keys of the message.
  arguments: 0,
  error: 1,
  ip: 2,
  method: 3,
  answer: 4,
  readOnly: 5,
  transaction: 6,
  version: 7,
  kind: 8,
  // Keys of its arguments or its answer.
  cas: 9,
  id: 10,
  impliedPort: 11,
  infoHash: 12,
  publicKey: 13,
  nodes: 14,
  nodes6: 15,
  port: 16,
  salt: 17,
  sequence: 18,
  signature: 19,
  target: 20,
  token: 21,
  value: 22,
  values: 23,
  want: 24,
  leecherFilter: 25,
  scrape: 26,
  seed: 27,
  seedFilter: 28,
} as const;

/** A known key. */
export type Field = (typeof Field)[keyof typeof Field];

const fieldCount = 29;
/** Digits of 2⁶³ − 1. */
const maxDigits = 19;
/** Digits of numbers that are exact in any case. */
const exactDigits = 15;
/** Shorter runs are copied byte by byte: a view of them would cost more. */
const shortCopyBytes = 64;

const messageKeys = new KeyTable<Field>({
  a: Field.arguments,
  e: Field.error,
  ip: Field.ip,
  q: Field.method,
  r: Field.answer,
  ro: Field.readOnly,
  t: Field.transaction,
  v: Field.version,
  y: Field.kind,
});

const bodyKeys = new KeyTable<Field>({
  BFpe: Field.leecherFilter,
  BFsd: Field.seedFilter,
  cas: Field.cas,
  id: Field.id,
  implied_port: Field.impliedPort,
  info_hash: Field.infoHash,
  k: Field.publicKey,
  nodes: Field.nodes,
  nodes6: Field.nodes6,
  port: Field.port,
  salt: Field.salt,
  scrape: Field.scrape,
  seed: Field.seed,
  seq: Field.sequence,
  sig: Field.signature,
  target: Field.target,
  token: Field.token,
  v: Field.value,
  values: Field.values,
  want: Field.want,
});

/** Places of values in a datagram: an index is a field, or the number of an item. */
class Places {
  /** Offset of the first byte; 0 without a value. */
  readonly starts: Int32Array;
  /** Offset of the content of a string; 0 for other values. */
  readonly contents: Int32Array;
  /** Offset after the value. */
  readonly ends: Int32Array;

  constructor(count: number) {
    this.starts = new Int32Array(count);
    this.contents = new Int32Array(count);
    this.ends = new Int32Array(count);
  }
}

/** Reads one datagram after the other, in the same memory. */
export class KrpcFields {
  readonly #scanner = new KrpcScanner();
  readonly #fields = new Places(fieldCount);
  readonly #items = new Places(krpcLimits.maxTokens);
  #isValueSorted = true;

  /**
   * @param bytes Kept until the next call.
   * @returns Whether they are one dictionary within the bounds of KRPC, with at most one of `a` and `r`. Otherwise the
   *   fields mean nothing.
   */
  read(bytes: Uint8Array): boolean {
    this.#fields.starts.fill(0);
    this.#isValueSorted = true;
    if (bytes.length > krpcLimits.maxBytes) return false;
    const scanner = this.#scanner;
    scanner.start(bytes, 0);
    const isDictionary = scanner.next() === Mark.dictionary && scanner.countContainer(1);
    return isDictionary && this.#readEntries(messageKeys, 1) && scanner.at === bytes.length;
  }

  /** Whether the key is there, with a value of any kind. */
  has(field: Field): boolean {
    return this.#fields.starts[field] !== 0;
  }

  /** Whether the value is a dictionary. */
  isDictionary(field: Field): boolean {
    const start = this.#fields.starts[field] ?? 0;
    return start !== 0 && this.#scanner.bytes[start] === Mark.dictionary;
  }

  /** Whether each dictionary in the value of an item is in order and without duplicates. */
  get isValueSorted(): boolean {
    return this.#isValueSorted;
  }

  /** @returns Bytes of a value as it is encoded. */
  encodedBytes(field: Field): number {
    return (this.#fields.ends[field] ?? 0) - (this.#fields.starts[field] ?? 0);
  }

  /** @returns A copy of a value as it is encoded. */
  encoded(field: Field): Uint8Array {
    return this.#copy(this.#fields.starts[field] ?? 0, this.#fields.ends[field] ?? 0);
  }

  /** @returns Bytes of a string; −1 for other values and without one. */
  stringBytes(field: Field): number {
    return this.#stringBytes(this.#fields, field);
  }

  /** @returns A copy of a string of `min` to `max` bytes, otherwise undefined. */
  string(field: Field, min: number, max: number): Uint8Array | undefined {
    const lengthBytes = this.#stringBytes(this.#fields, field);
    if (lengthBytes < min || lengthBytes > max) return undefined;
    return this.#copy(this.#fields.contents[field] ?? 0, this.#fields.ends[field] ?? 0);
  }

  /** @returns A copy of a string of 20 bytes, otherwise undefined. */
  id(field: Field): NodeId | undefined {
    return this.string(field, nodeIdBytes, nodeIdBytes) as NodeId | undefined;
  }

  /** @returns The number of a string in a table, or −1. */
  find<Value extends number>(field: Field, table: KeyTable<Value>): Value | -1 {
    return this.#find(this.#fields, field, table);
  }

  /** @returns An integer of up to 15 digits without a sign, otherwise undefined. */
  integer(field: Field): number | undefined {
    return this.#integer(this.#fields, field);
  }

  /** @returns An integer of up to 19 digits without a sign, otherwise undefined. */
  longInteger(field: Field): bigint | undefined {
    const start = this.#fields.starts[field] ?? 0;
    const end = (this.#fields.ends[field] ?? 0) - 1;
    if (start === 0 || this.#scanner.bytes[start] !== Mark.integer) return undefined;
    const middle = Math.max(start + 1, end - 9);
    if (end - start - 1 > maxDigits) return undefined;
    const high = this.#digits(start + 1, middle);
    const low = this.#digits(middle, end);
    if (high === undefined || low === undefined) return undefined;
    return BigInt(high) * 1_000_000_000n + BigInt(low);
  }

  /**
   * Opens a list, until the next one is opened.
   *
   * @returns How many strings and integers it has before its end, or its first list or dictionary.
   */
  openList(field: Field): number {
    const start = this.#fields.starts[field] ?? 0;
    const scanner = this.#scanner;
    if (start === 0 || scanner.bytes[start] !== Mark.list) return 0;
    scanner.start(scanner.bytes, start + 1);
    for (let count = 0; ; count++) {
      const itemAt = scanner.at;
      const first = scanner.next();
      const isString = isDigit(first);
      if (isString) scanner.skipString(first);
      else if (first === Mark.integer) scanner.skipInteger();
      else return count;
      this.#place(this.#items, count, itemAt, isString ? scanner.contentAt : 0);
    }
  }

  /** @returns Bytes of a string of the open list; −1 for an integer. */
  itemBytes(item: number): number {
    return this.#stringBytes(this.#items, item);
  }

  /** @returns The number of a string of the open list in a table, or −1. */
  findItem<Value extends number>(item: number, table: KeyTable<Value>): Value | -1 {
    return this.#find(this.#items, item, table);
  }

  /** @returns An integer of the open list, as {@link integer}. */
  itemInteger(item: number): number | undefined {
    return this.#integer(this.#items, item);
  }

  /** Copies the first bytes of a string of the open list. */
  copyItem(item: number, lengthBytes: number, target: Uint8Array, targetAt: number): void {
    const contentAt = this.#items.contents[item] ?? 0;
    for (let i = 0; i < lengthBytes; i++) {
      target[targetAt + i] = this.#scanner.bytes[contentAt + i] ?? 0;
    }
  }

  /** Reads the entries of a dictionary up to its end. */
  #readEntries(keys: KeyTable<Field>, depth: number): boolean {
    const scanner = this.#scanner;
    for (;;) {
      const first = scanner.next();
      if (first === Mark.end) return true;
      if (!isDigit(first) || !scanner.skipString(first)) return false;
      const field = keys.find(scanner.bytes, scanner.contentAt, scanner.at);
      const isSound = field === -1 ? scanner.skip(depth) : this.#readField(field, depth);
      if (!isSound) return false;
    }
  }

  #readField(field: Field, depth: number): boolean {
    if (this.has(field)) return false;
    const scanner = this.#scanner;
    const start = scanner.at;
    const first = scanner.bytes[start];
    scanner.isSorted = true;
    if (field === Field.arguments || field === Field.answer) {
      if (this.has(Field.arguments) || this.has(Field.answer)) return false;
      if (!this.#readBody(first === Mark.dictionary, depth)) return false;
    } else if (!scanner.skip(depth)) {
      return false;
    }
    if (field === Field.value) this.#isValueSorted = scanner.isSorted;
    this.#place(this.#fields, field, start, isDigit(first) ? scanner.contentAt : 0);
    return true;
  }

  #readBody(isDictionary: boolean, depth: number): boolean {
    const scanner = this.#scanner;
    if (!isDictionary) return scanner.skip(depth);
    scanner.at += 1;
    return scanner.countContainer(depth + 1) && this.#readEntries(bodyKeys, depth + 1);
  }

  /** Keeps the place of the value that ends where the scanner stands. */
  #place(places: Places, index: number, start: number, contentAt: number): void {
    places.starts[index] = start;
    places.contents[index] = contentAt;
    places.ends[index] = this.#scanner.at;
  }

  #stringBytes({ starts, contents, ends }: Places, index: number): number {
    const contentAt = contents[index] ?? 0;
    return starts[index] === 0 || contentAt === 0 ? -1 : (ends[index] ?? 0) - contentAt;
  }

  #find<Value extends number>(places: Places, index: number, table: KeyTable<Value>): Value | -1 {
    if (this.#stringBytes(places, index) < 0) return -1;
    const { contents, ends } = places;
    return table.find(this.#scanner.bytes, contents[index] ?? 0, ends[index] ?? 0);
  }

  #integer({ starts, ends }: Places, index: number): number | undefined {
    const start = starts[index] ?? 0;
    const end = (ends[index] ?? 0) - 1;
    if (start === 0 || this.#scanner.bytes[start] !== Mark.integer) return undefined;
    return end - start - 1 > exactDigits ? undefined : this.#digits(start + 1, end);
  }

  /** @returns Undefined for a sign. */
  #digits(start: number, end: number): number | undefined {
    let value = 0;
    for (let at = start; at < end; at++) {
      const byte = this.#scanner.bytes[at];
      if (!isDigit(byte)) return undefined;
      value = value * 10 + (byte - Mark.digit0);
    }
    return value;
  }

  #copy(start: number, end: number): Uint8Array {
    const { bytes } = this.#scanner;
    const copy = new Uint8Array(end - start);
    if (copy.length > shortCopyBytes) copy.set(bytes.subarray(start, end));
    else for (let i = 0; i < copy.length; i++) copy[i] = bytes[start + i] ?? 0;
    return copy;
  }
}
