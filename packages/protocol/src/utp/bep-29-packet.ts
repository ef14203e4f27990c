// https://www.bittorrent.org/beps/bep_0029.html: packets of uTP, read and written in memory of the caller.
//
//   0        1          2               4               8                12
//   type|ver extension  connection id   timestamp µs    difference µs    window bytes
//   16                  18                20
//   sequence number     acknowledged      extensions, payload

import { readUint16, readUint32, writeUint16, writeUint32 } from "../bytes/byte-order.ts";

/** Bytes of a packet without extensions and payload. */
export const utpHeaderBytes = 20;

/** Types of packets. */
export const utpTypes = { data: 0, fin: 1, state: 2, reset: 3, syn: 4 } as const;

/** Type of a packet, 0 to 4. */
export type UtpType = (typeof utpTypes)[keyof typeof utpTypes];

const version = 1;
const highestType = utpTypes.syn;
const selectiveAckExtension = 1;
/** Real packets have two at most; a longer chain is a fault. */
const mostExtensions = 8;
/** The length of an extension is one byte. */
const mostSelectiveAckBytes = 252;

/** A fault of a datagram that is to be dropped. */
type UtpFault =
  | "too-short"
  | "wrong-version"
  | "unknown-type"
  | "extension-cut"
  | "too-many-extensions";

/** The header of a packet. One object serves all datagrams of a thread. */
export interface UtpPacket {
  type: UtpType;
  /** 16 bits. */
  connectionId: number;
  /** Sender's clock, 32 bits. */
  timestampUs: number;
  /** The sender's clock less the timestamp of the last packet that it received, 32 bits. */
  differenceUs: number;
  /** Bytes that the sender would receive beyond those it acknowledges, 32 bits. */
  windowBytes: number;
  /** 16 bits. */
  seq: number;
  /** The last packet that the sender received in order, 16 bits. */
  ack: number;
  /** Offset of the bits of the selective ack in the datagram: bit 0 is `ack` + 2. */
  selectiveAckAt: number;
  /** 0 without a selective ack. Any length: libtorrent sends ones that are no multiple of 4. */
  selectiveAckBytes: number;
  /** The payload reaches to the end of the datagram. */
  payloadAt: number;
}

/** @returns A packet to read datagrams into. */
export function emptyUtpPacket(): UtpPacket {
  return {
    type: utpTypes.state,
    connectionId: 0,
    timestampUs: 0,
    differenceUs: 0,
    windowBytes: 0,
    seq: 0,
    ack: 0,
    selectiveAckAt: 0,
    selectiveAckBytes: 0,
    payloadAt: utpHeaderBytes,
  };
}

/**
 * Whether a datagram has the first byte and the length of a uTP packet. Messages of the DHT begin with `d`, replies of
 * trackers with a number below 4: neither is taken for uTP.
 */
export function looksLikeUtp(datagram: Uint8Array): boolean {
  const first = datagram[0] ?? 0;
  return (
    datagram.length >= utpHeaderBytes && (first & 0xf) === version && first >>> 4 <= highestType
  );
}

/**
 * Reads the header and the extensions of a datagram.
 *
 * @param into Overwritten, also by a datagram with a fault.
 * @returns Undefined for a packet.
 */
export function readUtpPacket(datagram: Uint8Array, into: UtpPacket): UtpFault | undefined {
  if (datagram.length < utpHeaderBytes) return "too-short";
  const first = datagram[0] ?? 0;
  if ((first & 0xf) !== version) return "wrong-version";
  if (first >>> 4 > highestType) return "unknown-type";
  into.type = (first >>> 4) as UtpType;
  into.connectionId = readUint16(datagram, 2);
  into.timestampUs = readUint32(datagram, 4);
  into.differenceUs = readUint32(datagram, 8);
  into.windowBytes = readUint32(datagram, 12);
  into.seq = readUint16(datagram, 16);
  into.ack = readUint16(datagram, 18);
  into.selectiveAckAt = 0;
  into.selectiveAckBytes = 0;
  into.payloadAt = utpHeaderBytes;
  const extension = datagram[1] ?? 0;
  return extension === 0 ? undefined : readExtensions(datagram, extension, into);
}

/** Each extension has the type of the next, its own length, and its bytes. */
function readExtensions(
  datagram: Uint8Array,
  first: number,
  into: UtpPacket,
): UtpFault | undefined {
  let type = first;
  let at = utpHeaderBytes;
  for (let count = 0; type !== 0; count++) {
    if (count === mostExtensions) return "too-many-extensions";
    if (at + 2 > datagram.length) return "extension-cut";
    const lengthBytes = datagram[at + 1] ?? 0;
    const end = at + 2 + lengthBytes;
    if (end > datagram.length) return "extension-cut";
    if (type === selectiveAckExtension) {
      into.selectiveAckAt = at + 2;
      into.selectiveAckBytes = lengthBytes;
    }
    type = datagram[at] ?? 0;
    at = end;
  }
  into.payloadAt = at;
  return undefined;
}

/** Fields of a header to write; one object may serve all packets. */
export type UtpHeaderFields = Pick<
  UtpPacket,
  "type" | "connectionId" | "timestampUs" | "differenceUs" | "windowBytes" | "seq" | "ack"
>;

/** Writes a header without extensions into the first 20 bytes. */
export function writeUtpHeader(bytes: Uint8Array, fields: UtpHeaderFields): void {
  bytes[0] = (fields.type << 4) | version;
  bytes[1] = 0;
  writeUint16(bytes, 2, fields.connectionId);
  writeUint32(bytes, 4, fields.timestampUs);
  writeUint32(bytes, 8, fields.differenceUs);
  writeUint32(bytes, 12, fields.windowBytes);
  writeUint16(bytes, 16, fields.seq);
  writeUint16(bytes, 18, fields.ack);
}

/** @returns Bytes of a selective ack that has so many bits: a multiple of 4, at most 252. */
export function selectiveAckLength(bits: number): number {
  return Math.min(((bits + 31) >>> 5) << 2, mostSelectiveAckBytes);
}

/**
 * Adds an empty selective ack behind a header: 2 + `lengthBytes` bytes. `setSelectiveAck` sets its bits.
 *
 * @param lengthBytes From {@link selectiveAckLength}, above 0.
 */
export function writeSelectiveAck(bytes: Uint8Array, lengthBytes: number): void {
  bytes[1] = selectiveAckExtension;
  bytes[utpHeaderBytes] = 0;
  bytes[utpHeaderBytes + 1] = lengthBytes;
  bytes.fill(0, utpHeaderBytes + 2, utpHeaderBytes + 2 + lengthBytes);
}

/** Acknowledges the packet `ack` + 2 + `bit`. @param bit Below the bits of the written selective ack. */
export function setSelectiveAck(bytes: Uint8Array, bit: number): void {
  const at = utpHeaderBytes + 2 + (bit >>> 3);
  bytes[at] = (bytes[at] ?? 0) | (1 << (bit & 7));
}
