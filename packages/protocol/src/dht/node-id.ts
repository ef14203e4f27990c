// The ids of the DHT (BEP 5): those of nodes, and the targets of look-ups. All are numbers of 160 bits, and their distance is
// the exclusive or.

import { ProtocolError } from "../errors.ts";

/** The id of a node, or a target: an info-hash, or the target of an item. 20 bytes that never change. */
export type NodeId = Uint8Array & { readonly __brand: "NodeId" };

/** Bytes of an id. */
export const nodeIdBytes = 20;
/** Bits of an id. */
export const nodeIdBits = 160;

const hexadecimalId = /^[0-9a-f]{40}$/i;

/**
 * @param bytes Read during the call only.
 * @throws {ProtocolError} `node-id-malformed` for any length but 20.
 */
export function nodeIdFrom(bytes: Uint8Array): NodeId {
  if (bytes.length !== nodeIdBytes) throw malformed(`${bytes.length} bytes`);
  return new Uint8Array(bytes) as NodeId;
}

/**
 * @param text 40 hexadecimal digits, either case.
 * @throws {ProtocolError} `node-id-malformed` for anything else.
 */
export function parseNodeId(text: string): NodeId {
  if (!hexadecimalId.test(text)) throw malformed(`${text.length} characters`);
  return new Uint8Array(Buffer.from(text, "hex")) as NodeId;
}

/** 40 lower-case hexadecimal digits. */
export function nodeIdHex(id: NodeId): string {
  let text = "";
  for (const byte of id) text += hexadecimalBytes[byte];
  return text;
}

const hexadecimalBytes = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, "0"),
);

/** Whether two ids are equal. */
export function isSameId(a: NodeId, b: NodeId): boolean {
  for (let i = 0; i < nodeIdBytes; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** @returns Negative when `a` is nearer to the target than `b`, positive when `b` is, 0 for equal ids. */
export function compareDistance(target: NodeId, a: NodeId, b: NodeId): number {
  for (let i = 0; i < nodeIdBytes; i++) {
    const byteA = a[i] ?? 0;
    const byteB = b[i] ?? 0;
    if (byteA !== byteB) return (byteA ^ (target[i] ?? 0)) - (byteB ^ (target[i] ?? 0));
  }
  return 0;
}

/** @returns Leading bits that two ids share: 0 to 160. */
export function commonPrefixBits(a: NodeId, b: NodeId): number {
  for (let i = 0; i < nodeIdBytes; i++) {
    const difference = (a[i] ?? 0) ^ (b[i] ?? 0);
    if (difference !== 0) return 8 * i + Math.clz32(difference) - 24;
  }
  return nodeIdBits;
}

function malformed(seen: string): ProtocolError {
  return new ProtocolError("node-id-malformed", {
    operation: "read-node-id",
    message: `cannot read a node id from ${seen}: it is 20 bytes, or 40 hexadecimal digits`,
    details: { seen },
  });
}
