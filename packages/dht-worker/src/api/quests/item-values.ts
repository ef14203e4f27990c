// Items that a user stores, and the keys that name them (BEP 44).

import { outOfRange, spelled } from "@troupe/control";
import type { DhtQuestSubject } from "@troupe/messages";
import { encode, type Encodable } from "@troupe/protocol/bencode";
import { publicKeyBytes, secretKeyBytes } from "@troupe/protocol/bytes";
import {
  immutableTarget,
  itemLimits,
  mutableTarget,
  nodeIdHex,
  signItem,
} from "@troupe/protocol/dht";
import { idFrom } from "../dht-values.ts";

/** A value to store: it is bencoded, and may take 1,000 bytes then. */
export type DhtValue = Encodable;

/** The parts of a mutable item. */
export interface ItemOptions {
  /** 32 bytes of a cryptographic random source, or 64 hexadecimal digits. Default: the item is immutable. */
  readonly secretKey?: Uint8Array | string;
  /** Tells apart the items of a key: 64 bytes at most. Default: none. */
  readonly salt?: Uint8Array | string;
  /** Must grow with each value. Default: the seconds since 1970. */
  readonly sequence?: bigint | number;
  /** Nodes replace only an item of this sequence number. Such a put has a single round. */
  readonly compareAndSwap?: bigint | number;
}

/** The name of an item: its target, or the key and the salt of a mutable item. */
export type ItemName =
  | Uint8Array
  | string
  | { readonly publicKey: Uint8Array | string; readonly salt?: Uint8Array | string };

/** The quest for an item, and its target. */
interface ItemQuest {
  readonly target: string;
  readonly subject: DhtQuestSubject;
}

/** @throws TroupeError `option-out-of-range`, ProtocolError `bencode-not-encodable`. */
export function putQuest(value: DhtValue, options: ItemOptions, epochMs: number): ItemQuest {
  const bytes = encode(value);
  const { maxValueBytes } = itemLimits;
  if (bytes.length > maxValueBytes)
    throw outOfRange("value", `${bytes.length} bytes when bencoded`, `${maxValueBytes} at most`);
  const { secretKey, sequence, compareAndSwap } = options;
  if (secretKey === undefined) {
    refuseWithoutKey(options);
    const item = { kind: "immutable", value: bytes } as const;
    return { target: nodeIdHex(immutableTarget(bytes)), subject: { kind: "put-item", item } };
  }
  const item = signItem(keyFrom("secretKey", secretKey, secretKeyBytes), {
    salt: saltOf(options.salt),
    sequence: sequenceOf("sequence", sequence ?? Math.floor(epochMs / 1_000)),
    value: bytes,
  });
  const cas =
    compareAndSwap === undefined ? undefined : sequenceOf("compareAndSwap", compareAndSwap);
  return {
    target: nodeIdHex(mutableTarget(item)),
    subject: { kind: "put-item", item, ...(cas !== undefined && { compareAndSwap: cas }) },
  };
}

/** @param name Name of the item. @throws TroupeError `option-out-of-range` */
export function getQuest(name: ItemName): ItemQuest {
  if (typeof name === "string" || name instanceof Uint8Array) {
    const target = idFrom("target", name);
    return { target: nodeIdHex(target), subject: { kind: "get-item", target } };
  }
  if (typeof name !== "object" || name === null)
    throw outOfRange("target", spelled(name), "a target, or a public key with its salt");
  const salt = saltOf(name.salt);
  const target = mutableTarget({
    publicKey: keyFrom("publicKey", name.publicKey, publicKeyBytes),
    salt,
  });
  return { target: nodeIdHex(target), subject: { kind: "get-item", target, salt } };
}

function refuseWithoutKey({ salt, sequence, compareAndSwap }: ItemOptions): void {
  const given = Object.entries({ salt, sequence, compareAndSwap }).find(
    ([, option]) => option !== undefined,
  );
  if (given !== undefined) throw outOfRange(given[0], "given without secretKey", "that with it");
}

function keyFrom(name: string, key: Uint8Array | string, lengthBytes: number): Uint8Array {
  const digits = 2 * lengthBytes;
  if (key instanceof Uint8Array && key.length === lengthBytes) return key;
  if (typeof key === "string" && key.length === digits && /^[0-9a-f]+$/i.test(key))
    return new Uint8Array(Buffer.from(key, "hex"));
  // A secret is not shown.
  const seen = key instanceof Uint8Array ? `${key.length} bytes` : `a ${typeof key}`;
  throw outOfRange(name, seen, `${lengthBytes} bytes or ${digits} hexadecimal digits`);
}

function saltOf(salt: Uint8Array | string | undefined): Uint8Array {
  const bytes = typeof salt === "string" ? new TextEncoder().encode(salt) : salt;
  if (bytes === undefined) return new Uint8Array(0);
  const { maxSaltBytes } = itemLimits;
  if (!(bytes instanceof Uint8Array)) throw outOfRange("salt", spelled(bytes), "text or bytes");
  if (bytes.length <= maxSaltBytes) return bytes;
  throw outOfRange("salt", `${bytes.length} bytes`, `${maxSaltBytes} at most`);
}

function sequenceOf(name: string, sequence: bigint | number): bigint {
  const isWhole = typeof sequence === "bigint" || Number.isSafeInteger(sequence);
  const exact = isWhole ? BigInt(sequence) : -1n;
  if (exact >= 0n && exact <= itemLimits.maxSequence) return exact;
  throw outOfRange(name, spelled(sequence), `a whole number from 0 to ${itemLimits.maxSequence}`);
}
