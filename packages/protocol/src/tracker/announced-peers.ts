// Peers of a tracker's reply.

import { addressKey, classifyAddress } from "../address/address.ts";
import {
  compact4Bytes,
  compact6Bytes,
  decodeCompact4,
  decodeCompact6,
} from "./bep-23-compact-peers.ts";
import type { PeerAddress } from "../address/peer-address.ts";

/** Peers used of a reply. */
const maxAnnouncedPeers = 10_000;

/** The peers of a compact list, without an incomplete last entry. */
export function compactPeersOf(bytes: Uint8Array, family: 4 | 6): PeerAddress[] {
  const entryBytes = family === 4 ? compact4Bytes : compact6Bytes;
  const count = Math.min(Math.floor(bytes.length / entryBytes), 2 * maxAnnouncedPeers);
  const entries = bytes.subarray(0, count * entryBytes);
  return family === 4 ? decodeCompact4(entries) : decodeCompact6(entries);
}

/** At most 10,000 peers, all different, all fit to dial. */
export function peersToDial(...lists: readonly Iterable<PeerAddress>[]): PeerAddress[] {
  const different = new Map<string, PeerAddress>();
  for (const list of lists) {
    for (const peer of list) {
      if (different.size >= maxAnnouncedPeers) break;
      if (peer.port === 0 || classifyAddress(peer.host) === "refused") continue;
      different.set(addressKey(peer.host, peer.port), peer);
    }
  }
  return [...different.values()];
}
