// https://www.bittorrent.org/beps/bep_0015.html: the datagrams of bep-15-udp.ts, written into and read from memory of the
// caller. A load test exchanges tens of thousands a second: no value is allocated for any of them. Its gate is stricter:
// every byte of a datagram must belong to a field.

import { readUint16, readUint32, writeUint16, writeUint32 } from "../bytes/byte-order.ts";
import { cleanReason } from "../text/clean-text.ts";
import type { AnnounceEvent } from "./announce-query.ts";
import { compact4Bytes, compact6Bytes } from "./bep-23-compact-peers.ts";
import { encodeUdpAnnounce, maxDatagramBytes, type ConnectionId } from "./bep-15-udp.ts";
import { infoHashBytes, infoHashFromBytes } from "../units.ts";

/** Bytes of a connect. */
export const udpConnectBytes = 16;
/** Bytes of a scrape of one torrent. */
export const udpScrapeBytes = 36;
/** Bytes of a connection id. */
export const connectionIdBytes = 8;

const connectMagicHigh = 0x417;
const connectMagicLow = 0x2710_1980;
const actions = { connect: 0, announce: 1, scrape: 2 } as const;
const events: Readonly<Record<AnnounceEvent, number>> = { completed: 1, started: 2, stopped: 3 };
const twoTo32 = 0x1_0000_0000;
const maxReasonLength = 300;

/** The fields of an announce. One object may serve all announces. */
export interface UdpAnnounceFields {
  /** 8 bytes. */
  connectionId: Uint8Array;
  transactionId: number;
  /** 20 bytes. */
  infoHash: Uint8Array;
  /** 20 bytes. */
  peerId: Uint8Array;
  downloaded: number;
  left: number;
  uploaded: number;
  event: AnnounceEvent | undefined;
  /** 32 bits. */
  key: number;
  numWant: number;
  port: number;
}

/** An announce without values, and with the options of the tracker's URL (BEP 41). */
export function udpAnnounceTemplate(url: string): Uint8Array {
  const infoHash = infoHashFromBytes(new Uint8Array(infoHashBytes));
  const counters = { uploaded: 0, downloaded: 0, left: 0, numWant: 0, key: "0", port: 0 };
  const ids = { connectionId: 0n as ConnectionId, transactionId: 0 };
  const peerId = new Uint8Array(infoHashBytes);
  return encodeUdpAnnounce(ids, url, { infoHash, peerId, ...counters });
}

/** @param bytes A copy of {@link udpAnnounceTemplate}. */
export function writeUdpAnnounce(bytes: Uint8Array, fields: UdpAnnounceFields): void {
  bytes.set(fields.connectionId, 0);
  writeUint32(bytes, 12, fields.transactionId);
  bytes.set(fields.infoHash, 16);
  bytes.set(fields.peerId, 36);
  writeCount(bytes, 56, fields.downloaded);
  writeCount(bytes, 64, fields.left);
  writeCount(bytes, 72, fields.uploaded);
  writeUint32(bytes, 80, fields.event === undefined ? 0 : events[fields.event]);
  writeUint32(bytes, 88, fields.key);
  writeUint32(bytes, 92, fields.numWant);
  writeUint16(bytes, 96, fields.port);
}

/** @param bytes 16. */
export function writeUdpConnect(bytes: Uint8Array, transactionId: number): void {
  writeUint32(bytes, 0, connectMagicHigh);
  writeUint32(bytes, 4, connectMagicLow);
  writeUint32(bytes, 8, actions.connect);
  writeUint32(bytes, 12, transactionId);
}

/** @param bytes 36. @param connectionId 8 bytes. @param infoHash 20 bytes. */
export function writeUdpScrape(
  bytes: Uint8Array,
  connectionId: Uint8Array,
  transactionId: number,
  infoHash: Uint8Array,
): void {
  bytes.set(connectionId, 0);
  writeUint32(bytes, 8, actions.scrape);
  writeUint32(bytes, 12, transactionId);
  bytes.set(infoHash, 16);
}

/** Kinds of a tracker's datagram. */
type UdpReplyKind = "connect" | "announce" | "scrape" | "error";

const kinds: readonly UdpReplyKind[] = ["connect", "announce", "scrape", "error"];

/** A tracker's datagram in the memory that it came in. Its values hold until that memory changes. */
export class UdpReplyView {
  #bytes: Uint8Array = new Uint8Array(0);
  #peerBytes: typeof compact4Bytes | typeof compact6Bytes = compact4Bytes;

  /**
   * @param family Family of the datagrams: it decides the length of a peer.
   * @returns Undefined for a datagram of another length than its action has, more than 1,500 bytes, or an unknown action.
   */
  read(bytes: Uint8Array, family: 4 | 6): UdpReplyKind | undefined {
    if (bytes.length < 8 || bytes.length > maxDatagramBytes) return undefined;
    this.#bytes = bytes;
    this.#peerBytes = family === 4 ? compact4Bytes : compact6Bytes;
    const kind = kinds[readUint32(bytes, 0)];
    return kind !== undefined && this.#hasLengthOf(kind) ? kind : undefined;
  }

  get transactionId(): number {
    return readUint32(this.#bytes, 4);
  }

  /** Id of a connect: 8 bytes, to be copied. */
  get connectionId(): Uint8Array {
    return this.#bytes.subarray(8, 8 + connectionIdBytes);
  }

  /** Interval of an announce, as sent: not clamped. */
  get intervalSeconds(): number {
    return readUint32(this.#bytes, 8);
  }

  /** Peers of an announce. */
  get peerCount(): number {
    return (this.#bytes.length - 20) / this.#peerBytes;
  }

  /** @returns The port of a peer of an announce; 0 is possible. */
  peerPort(peer: number): number {
    return readUint16(this.#bytes, 20 + (peer + 1) * this.#peerBytes - 2);
  }

  /** @returns The address of a peer of an announce over IPv4, as a number of 32 bits. */
  peerIp4(peer: number): number {
    return readUint32(this.#bytes, 20 + peer * this.#peerBytes);
  }

  /** @returns The address of a peer of an announce: 4 or 16 bytes. */
  peerIp(peer: number): Uint8Array {
    const at = 20 + peer * this.#peerBytes;
    return this.#bytes.subarray(at, at + this.#peerBytes - 2);
  }

  /** Torrents of a scrape. */
  get torrentCount(): number {
    return (this.#bytes.length - 8) / 12;
  }

  /** Seeds: of the only torrent of a scrape. */
  get complete(): number {
    return readUint32(this.#bytes, 8);
  }

  /** Leechers: of the only torrent of a scrape. */
  get incomplete(): number {
    return readUint32(this.#bytes, 16);
  }

  /** Text of an error, cleaned. */
  get reason(): string {
    return cleanReason(this.#bytes.subarray(8), maxReasonLength);
  }

  #hasLengthOf(kind: UdpReplyKind): boolean {
    const { length } = this.#bytes;
    if (kind === "connect") return length === 16;
    if (kind === "announce") return length >= 20 && (length - 20) % this.#peerBytes === 0;
    return kind === "error" || (length >= 20 && (length - 8) % 12 === 0);
  }
}

/** @param value 0 to 2⁵³ − 1. */
function writeCount(bytes: Uint8Array, at: number, value: number): void {
  writeUint32(bytes, at, Math.floor(value / twoTo32));
  writeUint32(bytes, at + 4, value % twoTo32);
}
