// https://www.bittorrent.org/beps/bep_0044.html: values that the DHT stores under the hash of the value, or of a public key.

import { publicKeyOf, isSignatureOf, secretKeyBytes, signBytes } from "../bytes/ed25519.ts";
import { sha1 } from "../bytes/sha1.ts";
import { ProtocolError } from "../errors.ts";
import type { NodeId } from "./node-id.ts";

/** Bounds of an item. */
export const itemLimits = {
  /** Bytes of the bencoded value. */
  maxValueBytes: 1_000,
  maxSaltBytes: 64,
  maxSequence: 2n ** 63n - 1n,
} as const;

/** A value under its own hash. */
export interface ImmutableItem {
  readonly kind: "immutable";
  /** One bencoded value with sorted keys, at most 1,000 bytes. */
  readonly value: Uint8Array;
}

/** A value under the hash of its owner's key, who can replace it. */
export interface MutableItem {
  readonly kind: "mutable";
  /** One bencoded value with sorted keys, at most 1,000 bytes. */
  readonly value: Uint8Array;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Tells apart the items of a key. At most 64 bytes; empty without. */
  readonly salt: Uint8Array;
  /** Grows with each value: 0 to 2⁶³ − 1. */
  readonly sequence: bigint;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

/** An item as a node stores it. */
export type StoredItem = ImmutableItem | MutableItem;

/** The parts of a mutable item that name it. */
type ItemName = Pick<MutableItem, "publicKey" | "salt">;

/** The parts of a mutable item that its signature covers. */
type SignedParts = Pick<MutableItem, "salt" | "sequence" | "value">;

/** @returns The target of an immutable item: the SHA-1 of its bencoded value. */
export function immutableTarget(value: Uint8Array): NodeId {
  return sha1(value) as NodeId;
}

/** @returns The target of a mutable item: the SHA-1 of its public key and salt. */
export function mutableTarget({ publicKey, salt }: ItemName): NodeId {
  return sha1(Buffer.concat([publicKey, salt])) as NodeId;
}

/** @returns The target of an item of either kind. */
export function itemTarget(item: StoredItem): NodeId {
  return item.kind === "immutable" ? immutableTarget(item.value) : mutableTarget(item);
}

/** @returns The bytes that a signature covers. */
export function signedBytes({ salt, sequence, value }: SignedParts): Uint8Array {
  const parts: Uint8Array[] = [];
  if (salt.length > 0) parts.push(Buffer.from(`4:salt${salt.length}:`), salt);
  parts.push(Buffer.from(`3:seqi${sequence}e1:v`), value);
  return new Uint8Array(Buffer.concat(parts));
}

/** @returns Whether the item's signature is that of its key. Takes about 0.1 ms of CPU. */
export function isSignatureValid(item: MutableItem): boolean {
  return isSignatureOf(item.publicKey, signedBytes(item), item.signature);
}

/**
 * Verifies an item that was stored or found under a target.
 *
 * @param target Expected.
 * @returns Whether the item belongs there, and its signature is valid.
 */
export function isItemValid(item: StoredItem, target: NodeId): boolean {
  if (Buffer.compare(itemTarget(item), target) !== 0) return false;
  return item.kind === "immutable" || isSignatureValid(item);
}

/**
 * Makes a mutable item.
 *
 * @param secretKey 32 bytes, of a cryptographic random source.
 * @param parts The value is one bencoded value with sorted keys, which the caller has checked.
 * @throws {ProtocolError} `item-malformed` for a key of another length, and for parts out of {@link itemLimits}.
 */
export function signItem(secretKey: Uint8Array, parts: SignedParts): MutableItem {
  checkBounds(secretKey, parts);
  return {
    kind: "mutable",
    ...parts,
    publicKey: publicKeyOf(secretKey),
    signature: signBytes(secretKey, signedBytes(parts)),
  };
}

function checkBounds(secretKey: Uint8Array, { value, salt, sequence }: SignedParts): void {
  const { maxValueBytes, maxSaltBytes, maxSequence } = itemLimits;
  if (secretKey.length !== secretKeyBytes) {
    throw malformed(`its secret key has ${secretKey.length} bytes, allowed are ${secretKeyBytes}`);
  }
  if (value.length > maxValueBytes) {
    throw malformed(`its value has ${value.length} bytes, allowed are ${maxValueBytes}`);
  }
  if (salt.length > maxSaltBytes) {
    throw malformed(`its salt has ${salt.length} bytes, allowed are ${maxSaltBytes}`);
  }
  if (sequence < 0n || sequence > maxSequence) {
    throw malformed(`its sequence number is ${sequence}, allowed is 0 to ${maxSequence}`);
  }
}

function malformed(reason: string): ProtocolError {
  return new ProtocolError("item-malformed", {
    operation: "sign-item",
    message: `cannot sign the item: ${reason}`,
  });
}
