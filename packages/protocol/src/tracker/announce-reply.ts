// https://www.bittorrent.org/beps/bep_0003.html "trackers": the reply to an announce. Addresses as bytes are of BEP
// 23 and BEP 7, our own address of BEP 24.

import { type Encodable, encode } from "../bencode/bencode-encode.ts";
import { integerOr, requireDictionary } from "../bencode/bencode-fields.ts";
import { bencodeLimits, decodePrefix } from "../bencode/bencode-decode.ts";
import type { BencodeValue } from "../bencode/bencode-value.ts";
import { compactPeersOf, peersToDial } from "./announced-peers.ts";
import { encodeCompact4, encodeCompact6 } from "./bep-23-compact-peers.ts";
import type { PeerAddress } from "../address/peer-address.ts";
import { cleanReason, cleanText } from "../text/clean-text.ts";
import { formatIp, parseIp } from "../address/ip-address.ts";
import { packAddress, unpackAddress } from "../address/packed-address.ts";
import { maxIntervalSeconds, refuseFailure } from "./tracker-refusal.ts";

const minIntervalSeconds = 60;
const usualIntervalSeconds = 1_800;
const maxTextLength = 300;
const maxTrackerIdLength = 1_024;
/** Characters of IPv6 with an IPv4 tail. */
const maxAddressLength = 45;

/** A tracker's reply, checked and clamped. */
export interface AnnounceReply {
  /** 60 to 86,400; default 1,800. */
  readonly intervalSeconds: number;
  /** Least seconds between announces, 60 to 86,400. */
  readonly minIntervalSeconds?: number;
  /** Seeds. */
  readonly complete?: number;
  /** Leechers. */
  readonly incomplete?: number;
  /** At most 10,000, all different, all fit to dial. */
  readonly peers: readonly PeerAddress[];
  /** Sent back with the next announce. */
  readonly trackerId?: string;
  /** Cleaned. */
  readonly warning?: string;
  /** Our address as the tracker sees it (BEP 24). Unicast. */
  readonly externalHost?: string;
}

/** A peer in a reply. */
interface AnnouncedPeer extends PeerAddress {
  /** 20 bytes; only in the form with dictionaries. */
  readonly peerId?: Uint8Array;
}

/** A reply to encode. */
export interface OwnAnnounceReply extends Omit<AnnounceReply, "peers"> {
  readonly peers: readonly AnnouncedPeer[];
  /** Bytes (BEP 23, BEP 7) or dictionaries (BEP 3). */
  readonly compact: boolean;
}

/**
 * Clamps numbers, drops fields of a wrong type and ignores bytes after the end, so that a faulty reply still gives peers.
 *
 * @param body Unpacked, at most 1 MiB. Read during the call only.
 * @param retryAfterSeconds Wait that the HTTP reply names: a refusal holds for as long at least.
 * @throws {ProtocolError} `tracker-refused` with the tracker's cleaned reason in the message, and `retryInSeconds` (a
 *   number, or Infinity for never) in the details if given; any code of {@link decodePrefix}; `field-wrong-type` for
 *   anything but a dictionary.
 */
export function decodeAnnounceReply(body: Uint8Array, retryAfterSeconds?: number): AnnounceReply {
  const reply = requireDictionary(decodePrefix(body, bencodeLimits.tracker).root, "reply");
  refuseFailure(reply, "announce", retryAfterSeconds);
  const minInterval = intervalOf(reply.get("min interval"));
  const complete = countOf(reply.get("complete"));
  const incomplete = countOf(reply.get("incomplete"));
  const trackerId = reply.get("tracker id")?.string;
  const warning = reply.get("warning message")?.string;
  const externalHost = unpackAddress(reply.get("external ip")?.string);
  return {
    intervalSeconds: intervalOf(reply.get("interval")) ?? usualIntervalSeconds,
    ...(minInterval !== undefined && { minIntervalSeconds: minInterval }),
    ...(complete !== undefined && { complete }),
    ...(incomplete !== undefined && { incomplete }),
    peers: readPeers(reply),
    ...(trackerId &&
      trackerId.length <= maxTrackerIdLength && { trackerId: new TextDecoder().decode(trackerId) }),
    ...(warning && { warning: cleanReason(warning, maxTextLength) }),
    ...(externalHost !== undefined && { externalHost }),
  };
}

/** @returns The body, without peers whose host is no address. */
export function encodeAnnounceReply(reply: OwnAnnounceReply): Uint8Array {
  const { minIntervalSeconds: minInterval, complete, incomplete, trackerId, warning } = reply;
  const external = reply.externalHost === undefined ? undefined : packAddress(reply.externalHost);
  return encode({
    interval: reply.intervalSeconds,
    ...(minInterval !== undefined && { "min interval": minInterval }),
    ...(complete !== undefined && { complete }),
    ...(incomplete !== undefined && { incomplete }),
    ...(trackerId !== undefined && { "tracker id": trackerId }),
    ...(warning !== undefined && { "warning message": warning }),
    ...(external !== undefined && { "external ip": external }),
    ...(reply.compact ? compactPeers(reply.peers) : { peers: reply.peers.map(peerDictionary) }),
  });
}

/** @param reason For users. @returns The body. */
export function encodeAnnounceFailure(reason: string): Uint8Array {
  return encode({ "failure reason": reason });
}

function compactPeers(peers: readonly PeerAddress[]): { readonly [key: string]: Encodable } {
  const peers6 = encodeCompact6(peers);
  return { peers: encodeCompact4(peers), ...(peers6.length > 0 && { peers6 }) };
}

function peerDictionary(peer: AnnouncedPeer): Encodable {
  return {
    ip: peer.host,
    ...(peer.peerId !== undefined && { "peer id": peer.peerId }),
    port: peer.port,
  };
}

function intervalOf(value: BencodeValue | undefined): number | undefined {
  if (value?.kind !== "integer") return undefined;
  // Longer integers are too long to wait, or negative.
  const isNegative = value.encoded[1] === 0x2d;
  const seconds = integerOr(value, -Infinity, Infinity, isNegative ? 0 : Infinity);
  return clampInterval(seconds);
}

/** @returns 60 s to a day. */
export function clampInterval(seconds: number): number {
  return Math.min(Math.max(seconds, minIntervalSeconds), maxIntervalSeconds);
}

function countOf(value: BencodeValue | undefined): number | undefined {
  return integerOr(value, 0, Number.MAX_SAFE_INTEGER, undefined);
}

function readPeers(reply: BencodeValue): PeerAddress[] {
  const peers = reply.get("peers");
  const compact4 = peers?.string;
  const compact6 = reply.get("peers6")?.string;
  return peersToDial(
    compact4 === undefined ? peerDictionaries(peers) : compactPeersOf(compact4, 4),
    compact6 === undefined ? [] : compactPeersOf(compact6, 6),
  );
}

/**
 * Drops host names, so that a tracker cannot make us resolve arbitrary names; and zones (`%eth0`), which only the
 * tracker's machine knows.
 */
function* peerDictionaries(
  peers: BencodeValue | undefined,
): Generator<PeerAddress, void, undefined> {
  for (const peer of peers?.items() ?? []) {
    const text = peer.get("ip")?.string;
    if (text === undefined || text.length > maxAddressLength) continue;
    const ip = parseIp(cleanText(text, maxAddressLength));
    if (ip === undefined) continue;
    yield { host: formatIp(ip), port: integerOr(peer.get("port"), 1, 65_535, 0) };
  }
}
