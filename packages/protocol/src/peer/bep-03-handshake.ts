// https://www.bittorrent.org/beps/bep_0003.html "peer protocol": the first 68 bytes of each side.
//
//   0   1   19
//   1  19   "BitTorrent protocol"
//  20   8   reserved bits
//  28  20   info-hash
//  48  20   peer id

import { ProtocolError } from "../errors.ts";
import { type InfoHash, infoHashFromBytes, infoHashToBytes } from "../units.ts";

/** Bytes of a handshake. */
export const handshakeLengthBytes = 68;
/** Length byte and protocol name. */
const handshakePrefixBytes = 20;

const prefix = new TextEncoder().encode("\x13BitTorrent protocol");
const reservedAt = 20;
const infoHashAt = 28;
const peerIdAt = 48;
/** Bit of the sixth reserved byte. */
const extendedBit = 0x10;
/** Bit of the eighth reserved byte. */
const dhtBit = 0x01;
/** Bit of the eighth reserved byte. */
const fastBit = 0x04;
/** Bit of the eighth reserved byte (BEP 52, "upgrade path"). */
const upgradeBit = 0x10;

/** The fields of a handshake. */
export interface Handshake {
  /** 8 bytes of feature bits. */
  readonly reserved: Uint8Array;
  readonly infoHash: InfoHash;
  /** 20 bytes. */
  readonly peerId: Uint8Array;
}

/**
 * @returns The extension protocol (BEP 10), the DHT (BEP 5) if we have a node, the fast extension (BEP 6), and version 2 of a
 *   hybrid (BEP 52).
 */
export function ownReservedBits({
  hasDht = false,
  hasFast = false,
  hasV2 = false,
} = {}): Uint8Array {
  const last = (hasDht ? dhtBit : 0) | (hasFast ? fastBit : 0) | (hasV2 ? upgradeBit : 0);
  return Uint8Array.of(0, 0, 0, 0, 0, extendedBit, 0, last);
}

/** @returns Whether the peer offers BEP 10. */
export function supportsExtended(reserved: Uint8Array): boolean {
  return ((reserved[5] ?? 0) & extendedBit) !== 0;
}

/** @returns Whether the peer has a DHT node, and wants to know the port of ours (BEP 5). */
export function supportsDht(reserved: Uint8Array): boolean {
  return ((reserved[7] ?? 0) & dhtBit) !== 0;
}

/** @returns Whether the peer offers BEP 6, which holds if both sides do. */
export function supportsFast(reserved: Uint8Array): boolean {
  return ((reserved[7] ?? 0) & fastBit) !== 0;
}

/** @returns Whether the peer speaks version 2 of a hybrid that it names by version 1; it means nothing of other torrents. */
export function offersUpgrade(reserved: Uint8Array): boolean {
  return ((reserved[7] ?? 0) & upgradeBit) !== 0;
}

/**
 * @param handshake `peerId` of 20 bytes; `reserved` of 8, default {@link ownReservedBits}. Copied.
 * @returns 68 bytes.
 */
export function encodeHandshake(handshake: {
  readonly infoHash: InfoHash;
  readonly peerId: Uint8Array;
  readonly reserved?: Uint8Array;
}): Uint8Array {
  const bytes = new Uint8Array(handshakeLengthBytes);
  bytes.set(prefix, 0);
  bytes.set(handshake.reserved ?? ownReservedBits(), reservedAt);
  bytes.set(infoHashToBytes(handshake.infoHash), infoHashAt);
  bytes.set(handshake.peerId, peerIdAt);
  return bytes;
}

/**
 * @param bytes 68 or more; the first 68 are read, during the call only.
 * @returns Copies.
 * @throws {ProtocolError} `handshake-malformed` for fewer bytes or another protocol.
 */
export function decodeHandshake(bytes: Uint8Array): Handshake {
  if (bytes.length < handshakeLengthBytes || looksLikeHandshake(bytes) !== "yes") {
    throw new ProtocolError("handshake-malformed", {
      operation: "decode-handshake",
      message: `cannot read a handshake from ${bytes.length} bytes: it is 68 bytes and starts with 19, "BitTorrent protocol"`,
      details: { lengthBytes: bytes.length },
    });
  }
  return {
    reserved: new Uint8Array(bytes.subarray(reservedAt, infoHashAt)),
    infoHash: infoHashFromBytes(bytes.subarray(infoHashAt, peerIdAt)),
    peerId: new Uint8Array(bytes.subarray(peerIdAt, handshakeLengthBytes)),
  };
}

/** @returns `no` at the first byte unlike a plain handshake, `yes` once 20 agree, else `more`. */
export function looksLikeHandshake(bytes: Uint8Array): "yes" | "no" | "more" {
  const known = Math.min(bytes.length, handshakePrefixBytes);
  for (let i = 0; i < known; i++) {
    if (bytes[i] !== prefix[i]) return "no";
  }
  return known === handshakePrefixBytes ? "yes" : "more";
}
