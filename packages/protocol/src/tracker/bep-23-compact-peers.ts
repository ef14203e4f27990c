// https://www.bittorrent.org/beps/bep_0023.html and https://www.bittorrent.org/beps/bep_0007.html: addresses in 4 +
// 2 and 16 + 2 bytes, big-endian.

import { readUint16, writeUint16 } from "../bytes/byte-order.ts";
import { ProtocolError } from "../errors.ts";
import { formatIp, parseIp } from "../address/ip-address.ts";
import type { PeerAddress } from "../address/peer-address.ts";

/** Bytes of an IPv4 peer. */
export const compact4Bytes = 6;
/** Bytes of an IPv6 peer. */
export const compact6Bytes = 18;

/**
 * @param bytes A multiple of 6.
 * @returns Unchecked: the caller drops port 0 and impossible addresses.
 * @throws {ProtocolError} `compact-wrong-length`.
 */
export function decodeCompact4(bytes: Uint8Array): PeerAddress[] {
  return decodeCompact(bytes, compact4Bytes);
}

/**
 * @param bytes A multiple of 18.
 * @returns Unchecked; a mapped address as IPv4.
 * @throws {ProtocolError} `compact-wrong-length`.
 */
export function decodeCompact6(bytes: Uint8Array): PeerAddress[] {
  return decodeCompact(bytes, compact6Bytes);
}

/** @returns 6 bytes for each IPv4 address, in order, without others. */
export function encodeCompact4(addresses: readonly PeerAddress[]): Uint8Array {
  return encodeCompact(addresses, compact4Bytes);
}

/** @returns 18 bytes for each IPv6 address, in order, without others. */
export function encodeCompact6(addresses: readonly PeerAddress[]): Uint8Array {
  return encodeCompact(addresses, compact6Bytes);
}

function decodeCompact(bytes: Uint8Array, entryBytes: number): PeerAddress[] {
  if (bytes.length % entryBytes !== 0) {
    throw new ProtocolError("compact-wrong-length", {
      operation: "decode-compact-peers",
      message: `cannot read a compact list of ${bytes.length} bytes: it must be a multiple of ${entryBytes}`,
      details: { lengthBytes: bytes.length, entryBytes },
    });
  }
  const addresses: PeerAddress[] = [];
  for (let at = 0; at < bytes.length; at += entryBytes) {
    const portAt = at + entryBytes - 2;
    addresses.push({ host: formatIp(bytes.subarray(at, portAt)), port: readUint16(bytes, portAt) });
  }
  return addresses;
}

function encodeCompact(addresses: readonly PeerAddress[], entryBytes: number): Uint8Array {
  const bytes = new Uint8Array(addresses.length * entryBytes);
  let at = 0;
  for (const { host, port } of addresses) {
    const ip = parseIp(host);
    if (ip?.length !== entryBytes - 2) continue;
    bytes.set(ip, at);
    at = writeUint16(bytes, at + ip.length, port);
  }
  return bytes.slice(0, at);
}
