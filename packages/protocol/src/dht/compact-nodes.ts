// Nodes in 20 + 4 + 2 bytes (BEP 5) and 20 + 16 + 2 bytes (BEP 32), big-endian.

import { formatIp, parseIp } from "../address/ip-address.ts";
import { readUint16, writeUint16 } from "../bytes/byte-order.ts";
import { ProtocolError } from "../errors.ts";
import type { AddressFamily } from "../tracker/bep-15-udp.ts";
import { nodeIdBytes, type NodeId } from "./node-id.ts";

/** A node as others name it: nothing of it is proven. */
export interface Contact {
  readonly id: NodeId;
  /** IPv4 or IPv6 as text, without brackets. */
  readonly host: string;
  /** 0 to 65,535; 0 cannot be asked. */
  readonly port: number;
}

/** Bytes of a node, by address family. */
export const compactNodeBytes: Readonly<Record<AddressFamily, number>> = { 4: 26, 6: 38 };

/**
 * @param bytes A multiple of 26 or 38. Read during the call only.
 * @returns Unchecked: the caller drops port 0, refused addresses and repetitions. A mapped address is given as IPv4.
 * @throws {ProtocolError} `compact-wrong-length`.
 */
export function decodeNodes(bytes: Uint8Array, family: AddressFamily): Contact[] {
  const nodeBytes = compactNodeBytes[family];
  if (bytes.length % nodeBytes !== 0) {
    throw new ProtocolError("compact-wrong-length", {
      operation: "decode-nodes",
      message: `cannot read a list of nodes of ${bytes.length} bytes: it must be a multiple of ${nodeBytes}`,
      details: { lengthBytes: bytes.length, nodeBytes },
    });
  }
  const contacts: Contact[] = [];
  for (let at = 0; at < bytes.length; at += nodeBytes) {
    const hostAt = at + nodeIdBytes;
    const portAt = at + nodeBytes - 2;
    contacts.push({
      id: copyId(bytes, at),
      host: formatIp(bytes.subarray(hostAt, portAt)),
      port: readUint16(bytes, portAt),
    });
  }
  return contacts;
}

/** Byte by byte: a view of so few would cost more than the copy. */
function copyId(bytes: Uint8Array, start: number): NodeId {
  const id = new Uint8Array(nodeIdBytes);
  for (let i = 0; i < nodeIdBytes; i++) id[i] = bytes[start + i] ?? 0;
  return id as NodeId;
}

/** @returns 26 or 38 bytes for each node of the family, in order, without those of the other. */
export function encodeNodes(nodes: readonly Contact[], family: AddressFamily): Uint8Array {
  const nodeBytes = compactNodeBytes[family];
  const bytes = new Uint8Array(nodes.length * nodeBytes);
  let at = 0;
  for (const { id, host, port } of nodes) {
    const ip = parseIp(host);
    if (ip?.length !== nodeBytes - nodeIdBytes - 2) continue;
    bytes.set(id, at);
    bytes.set(ip, at + nodeIdBytes);
    at = writeUint16(bytes, at + nodeIdBytes + ip.length, port);
  }
  return at === bytes.length ? bytes : bytes.slice(0, at);
}
