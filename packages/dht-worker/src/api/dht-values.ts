// Values of the DHT as users see them: ids are 40 hexadecimal digits, versions text.

import { outOfRange, spelled } from "@troupe/control";
import type { DhtNodeAddress, DhtStatus, DhtTable, DhtTableNode } from "@troupe/messages";
import { nodeIdFrom, nodeIdHex, parseNodeId, type NodeId } from "@troupe/protocol/dht";

/** A value in which every array of bytes is hexadecimal text. */
export type Spelled<Value> = Value extends Uint8Array
  ? string
  : Value extends readonly (infer Entry)[]
    ? readonly Spelled<Entry>[]
    : Value extends object
      ? { readonly [Name in keyof Value]: Spelled<Value[Name]> }
      : Value;

/** A node of the DHT. */
export type DhtNode = Spelled<DhtNodeAddress>;
/** A routing table at a moment. Ids and versions are hexadecimal digits. */
export type DhtBuckets = Spelled<DhtTable>;
/** A node of a routing table. */
export type DhtBucketNode = Spelled<DhtTableNode>;
/** The state of a standalone node at a moment. Ids are hexadecimal digits. */
export type DhtNodeStatus = Spelled<DhtStatus>;

/**
 * @param given 20 bytes, or 40 hexadecimal digits.
 * @throws TroupeError `option-out-of-range`
 */
export function idFrom(name: string, given: Uint8Array | string): NodeId {
  if (typeof given === "string" && /^[0-9a-f]{40}$/i.test(given)) return parseNodeId(given);
  if (given instanceof Uint8Array && given.length === 20) return nodeIdFrom(given);
  const seen = given instanceof Uint8Array ? `${given.length} bytes` : spelled(given);
  throw outOfRange(name, seen, "20 bytes or 40 hexadecimal digits");
}

/** @param bytes An id of a message. */
export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}

/** The node without further fields. */
export function nodeOf({ id, host, port }: DhtNodeAddress): DhtNode {
  return { id: nodeIdHex(id as NodeId), host, port };
}

/** Plain data with hexadecimal text instead of bytes. */
export function spellBytes<Value>(value: Value): Spelled<Value> {
  return spell(value) as Spelled<Value>;
}

function spell(value: unknown): unknown {
  if (value instanceof Uint8Array) return hexOf(value);
  if (Array.isArray(value)) return value.map(spell);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, spell(entry)]));
}
