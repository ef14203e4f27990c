// https://www.bittorrent.org/beps/bep_0015.html: requests to a UDP tracker, and its replies. The path and query of the
// tracker's URL follow an announce as options of BEP 41. All numbers are big-endian.
//
//   request    0  8  connection id; of a connect 0x41727101980
//              8  4  action: 0 connect, 1 announce, 2 scrape
//             12  4  transaction id
//   announce  16 20  info-hash               36 20  peer id
//             56  8  downloaded              64  8  left             72  8  uploaded
//             80  4  event: 0 none, 1 completed, 2 started, 3 stopped
//             84  4  IPv4 address or 0      88  4  key              92  4  peers wanted
//             96  2  port                    98  …  options
//   scrape    16 20  info-hash, up to 74 times
//
//   reply      0  4  action, 3 for an error   4  4  transaction id
//   connect    8  8  connection id
//   announce   8  4  interval    12  4  leechers   16  4  seeds   20  …  peers, 6 or 18 bytes each
//   scrape     8  4  seeds       12  4  completed  16  4  leechers, for each info-hash
//   error      8  …  reason

import { ip4Number } from "../address/ip-address.ts";
import { readUint16, readUint32, writeUint16, writeUint32 } from "../bytes/byte-order.ts";
import { cleanReason } from "../text/clean-text.ts";
import { ProtocolError } from "../errors.ts";
import { infoHashBytes, infoHashFromBytes, infoHashToBytes, type InfoHash } from "../units.ts";
import type { AnnounceEvent, AnnounceQuery, AnnounceRequest } from "./announce-query.ts";
import { clampInterval, type AnnounceReply, type OwnAnnounceReply } from "./announce-reply.ts";
import { compactPeersOf, peersToDial } from "./announced-peers.ts";
import { encodeCompact4, encodeCompact6 } from "./bep-23-compact-peers.ts";

/** Torrents of a scrape. */
export const maxUdpScrapeHashes = 74;
/** Bytes of a datagram. */
export const maxDatagramBytes = 1_500;

const connectMagic = 0x417_2710_1980n;
const actions = { connect: 0, announce: 1, scrape: 2, error: 3 } as const;
const events = [undefined, "completed", "started", "stopped"] as const;
const requestHeaderBytes = 16;
const announceBytes = 98;
const announceReplyHeaderBytes = 20;
const scrapeEntryBytes = 12;
const maxReasonLength = 300;
const urlDataOption = 2;
const maxOptionBytes = 255;

/** Given by a tracker on a connect; valid for 60 s. */
export type ConnectionId = bigint & { readonly __brand: "ConnectionId" };

/** The address family of the datagrams: it decides the length of a peer. */
export type AddressFamily = 4 | 6;

/** Counts of one torrent in a scrape. */
export interface ScrapeCounts {
  readonly complete: number;
  readonly downloaded: number;
  readonly incomplete: number;
}

/** A tracker's datagram. */
export type UdpTrackerReply = { readonly transactionId: number } & (
  | { readonly action: "connect"; readonly connectionId: ConnectionId }
  | { readonly action: "announce"; readonly reply: AnnounceReply }
  | { readonly action: "scrape"; readonly counts: readonly ScrapeCounts[] }
  /** The reason is cleaned text for people. */
  | { readonly action: "error"; readonly reason: string }
);

/** A client's datagram. */
export type UdpTrackerRequest = { readonly transactionId: number } & (
  | { readonly action: "connect" }
  | {
      readonly action: "announce";
      readonly connectionId: ConnectionId;
      readonly query: AnnounceQuery;
      /** Path and query of the tracker's URL; empty without the option. */
      readonly urlData: string;
    }
  | {
      readonly action: "scrape";
      readonly connectionId: ConnectionId;
      readonly infoHashes: readonly InfoHash[];
    }
);

/** @param transactionId 0 to 2³² − 1, random. */
export function encodeUdpConnect(transactionId: number): Uint8Array {
  return request(connectMagic, actions.connect, transactionId, requestHeaderBytes);
}

/**
 * @param url The tracker's URL; path and query are sent (BEP 41), as far as 1,500 bytes have room.
 * @param announce Its `key` is eight hexadecimal digits.
 */
export function encodeUdpAnnounce(
  { connectionId, transactionId }: { connectionId: ConnectionId; transactionId: number },
  url: string,
  announce: AnnounceRequest,
): Uint8Array {
  const options = urlDataOptions(url);
  const bytes = request(
    connectionId,
    actions.announce,
    transactionId,
    announceBytes + options.length,
  );
  const view = viewOf(bytes);
  bytes.set(infoHashToBytes(announce.infoHash), 16);
  bytes.set(announce.peerId.subarray(0, infoHashBytes), 36);
  view.setBigUint64(56, BigInt(announce.downloaded));
  view.setBigUint64(64, BigInt(announce.left));
  view.setBigUint64(72, BigInt(announce.uploaded));
  const event = events.findIndex((each) => each === announce.event);
  // No number is given to `paused`.
  writeUint32(bytes, 80, Math.max(0, event));
  writeUint32(bytes, 84, ip4Number(announce.address ?? "") ?? 0);
  writeUint32(bytes, 88, Number.parseInt(announce.key, 16));
  writeUint32(bytes, 92, announce.numWant);
  writeUint16(bytes, 96, announce.port);
  bytes.set(options, announceBytes);
  return bytes;
}

/** @param infoHashes At most 74. */
export function encodeUdpScrape(
  { connectionId, transactionId }: { connectionId: ConnectionId; transactionId: number },
  infoHashes: readonly InfoHash[],
): Uint8Array {
  const hashes = infoHashes.slice(0, maxUdpScrapeHashes);
  const lengthBytes = requestHeaderBytes + hashes.length * infoHashBytes;
  const bytes = request(connectionId, actions.scrape, transactionId, lengthBytes);
  for (const [i, infoHash] of hashes.entries()) {
    bytes.set(infoHashToBytes(infoHash), requestHeaderBytes + i * infoHashBytes);
  }
  return bytes;
}

/**
 * @param bytes Read during the call only. Bytes behind the fields are ignored, as is an incomplete peer at the end.
 * @returns Peers unfit to dial are left out; numbers out of range are clamped.
 * @throws {ProtocolError} `datagram-malformed` for less than an action's least length or an unknown action.
 */
export function decodeUdpReply(bytes: Uint8Array, family: AddressFamily): UdpTrackerReply {
  requireLength(bytes, 8, "reply");
  const transactionId = readUint32(bytes, 4);
  switch (readUint32(bytes, 0)) {
    case actions.connect:
      requireLength(bytes, 16, "connect reply");
      return { transactionId, action: "connect", connectionId: connectionIdAt(bytes, 8) };
    case actions.announce:
      requireLength(bytes, announceReplyHeaderBytes, "announce reply");
      return { transactionId, action: "announce", reply: announceReplyOf(bytes, family) };
    case actions.scrape:
      return { transactionId, action: "scrape", counts: countsOf(bytes) };
    case actions.error:
      return {
        transactionId,
        action: "error",
        reason: cleanReason(bytes.subarray(8), maxReasonLength),
      };
    default:
      throw malformed(`the action ${readUint32(bytes, 0)} is not 0 to 3`);
  }
}

/**
 * @param bytes Read during the call only.
 * @throws {ProtocolError} `datagram-malformed` for less than an action's least length, a connect without the
 *   protocol's number, an unknown action, or a count above 2⁵³ − 1.
 */
export function decodeUdpRequest(bytes: Uint8Array): UdpTrackerRequest {
  requireLength(bytes, requestHeaderBytes, "request");
  const transactionId = readUint32(bytes, 12);
  const connectionId = connectionIdAt(bytes, 0);
  switch (readUint32(bytes, 8)) {
    case actions.connect:
      if (connectionId !== connectMagic) throw malformed("the protocol id is not 0x41727101980");
      return { transactionId, action: "connect" };
    case actions.announce:
      requireLength(bytes, announceBytes, "announce");
      return {
        transactionId,
        action: "announce",
        connectionId,
        query: announceQueryOf(bytes),
        urlData: urlDataOf(bytes),
      };
    case actions.scrape:
      return { transactionId, action: "scrape", connectionId, infoHashes: infoHashesOf(bytes) };
    default:
      throw malformed(`the action ${readUint32(bytes, 8)} is not 0 to 2`);
  }
}

/** The tracker's reply to a connect. */
export function encodeUdpConnectReply(
  transactionId: number,
  connectionId: ConnectionId,
): Uint8Array {
  const bytes = replyOf(actions.connect, transactionId, 16);
  viewOf(bytes).setBigUint64(8, connectionId);
  return bytes;
}

/** The tracker's reply to an announce, with the peers of one family. */
export function encodeUdpAnnounceReply(
  transactionId: number,
  reply: Pick<OwnAnnounceReply, "intervalSeconds" | "complete" | "incomplete" | "peers">,
  family: AddressFamily,
): Uint8Array {
  const peers = family === 4 ? encodeCompact4(reply.peers) : encodeCompact6(reply.peers);
  const bytes = replyOf(actions.announce, transactionId, announceReplyHeaderBytes + peers.length);
  writeUint32(bytes, 8, reply.intervalSeconds);
  writeUint32(bytes, 12, reply.incomplete ?? 0);
  writeUint32(bytes, 16, reply.complete ?? 0);
  bytes.set(peers, announceReplyHeaderBytes);
  return bytes;
}

/** The tracker's reply to a scrape, in the order of the request. */
export function encodeUdpScrapeReply(
  transactionId: number,
  counts: readonly ScrapeCounts[],
): Uint8Array {
  const bytes = replyOf(actions.scrape, transactionId, 8 + counts.length * scrapeEntryBytes);
  let at = 8;
  for (const { complete, downloaded, incomplete } of counts) {
    for (const count of [complete, downloaded, incomplete]) at = writeUint32(bytes, at, count);
  }
  return bytes;
}

/** @param reason For people. */
export function encodeUdpError(transactionId: number, reason: string): Uint8Array {
  const text = new TextEncoder().encode(reason);
  const bytes = replyOf(actions.error, transactionId, 8 + text.length);
  bytes.set(text, 8);
  return bytes;
}

function request(
  connectionId: bigint,
  action: number,
  transactionId: number,
  lengthBytes: number,
): Uint8Array {
  const bytes = new Uint8Array(lengthBytes);
  viewOf(bytes).setBigUint64(0, connectionId);
  writeUint32(bytes, 8, action);
  writeUint32(bytes, 12, transactionId);
  return bytes;
}

function replyOf(action: number, transactionId: number, lengthBytes: number): Uint8Array {
  const bytes = new Uint8Array(lengthBytes);
  writeUint32(bytes, 0, action);
  writeUint32(bytes, 4, transactionId);
  return bytes;
}

function urlDataOptions(url: string): Uint8Array {
  const { pathname, search } = new URL(url);
  if (pathname.length <= 1 && search === "") return new Uint8Array(0);
  // Room for the length of each option: one byte in 257 and the type beside it.
  const room = Math.floor(((maxDatagramBytes - announceBytes) * maxOptionBytes) / 257) - 2;
  const text = new TextEncoder().encode(`${pathname}${search}`).subarray(0, room);
  const options: number[] = [];
  for (let at = 0; at < text.length; at += maxOptionBytes) {
    const part = text.subarray(at, at + maxOptionBytes);
    options.push(urlDataOption, part.length, ...part);
  }
  return Uint8Array.from(options);
}

function urlDataOf(bytes: Uint8Array): string {
  const decoder = new TextDecoder();
  let text = "";
  for (let at = announceBytes; at < bytes.length;) {
    const option = bytes[at++] ?? 0;
    if (option === 0) break;
    if (option === 1) continue;
    const length = bytes[at++] ?? 0;
    if (option === urlDataOption) text += decoder.decode(bytes.subarray(at, at + length));
    at += length;
  }
  return text;
}

function announceReplyOf(bytes: Uint8Array, family: AddressFamily): AnnounceReply {
  return {
    // Negative as a signed number: too short, not too long.
    intervalSeconds: clampInterval(readUint32(bytes, 8) | 0),
    incomplete: readUint32(bytes, 12),
    complete: readUint32(bytes, 16),
    peers: peersToDial(compactPeersOf(bytes.subarray(announceReplyHeaderBytes), family)),
  };
}

function countsOf(bytes: Uint8Array): ScrapeCounts[] {
  const counts: ScrapeCounts[] = [];
  for (let at = 8; at + scrapeEntryBytes <= bytes.length; at += scrapeEntryBytes) {
    counts.push({
      complete: readUint32(bytes, at),
      downloaded: readUint32(bytes, at + 4),
      incomplete: readUint32(bytes, at + 8),
    });
  }
  return counts;
}

function announceQueryOf(bytes: Uint8Array): AnnounceQuery {
  const event: AnnounceEvent | undefined = events[readUint32(bytes, 80)];
  const numWant = readUint32(bytes, 92) | 0;
  return {
    infoHash: infoHashFromBytes(bytes.subarray(16, 36)),
    peerId: bytes.slice(36, 56),
    downloaded: countAt(bytes, 56),
    left: countAt(bytes, 64),
    uploaded: countAt(bytes, 72),
    ...(event !== undefined && { event }),
    key: readUint32(bytes, 88).toString(16).padStart(8, "0"),
    ...(numWant >= 0 && { numWant }),
    port: readUint16(bytes, 96),
    compact: true,
    noPeerId: true,
  };
}

function infoHashesOf(bytes: Uint8Array): InfoHash[] {
  const count = Math.floor((bytes.length - requestHeaderBytes) / infoHashBytes);
  return Array.from({ length: Math.min(count, maxUdpScrapeHashes) }, (_, i) => {
    const at = requestHeaderBytes + i * infoHashBytes;
    return infoHashFromBytes(bytes.subarray(at, at + infoHashBytes));
  });
}

function countAt(bytes: Uint8Array, at: number): number {
  const count = viewOf(bytes).getBigUint64(at);
  if (count <= Number.MAX_SAFE_INTEGER) return Number(count);
  throw malformed(`the count at byte ${at} is above 2^53 − 1`);
}

function connectionIdAt(bytes: Uint8Array, at: number): ConnectionId {
  return viewOf(bytes).getBigUint64(at) as ConnectionId;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function requireLength(bytes: Uint8Array, least: number, kind: string): void {
  if (bytes.length >= least) return;
  throw malformed(`it has ${bytes.length} bytes, the least length (${kind}) is ${least}`);
}

function malformed(reason: string): ProtocolError {
  return new ProtocolError("datagram-malformed", {
    operation: "decode-udp-tracker",
    message: `cannot read the datagram: ${reason}`,
  });
}
