// https://www.bittorrent.org/beps/bep_0040.html: an order of peers that both ends of a connection agree on, and that no
// peer can choose for itself.

import { crc32c } from "../bytes/crc-32c.ts";
import { packAddress } from "./packed-address.ts";
import type { PeerAddress } from "./peer-address.ts";

/** Leading bytes of an address that count in full, for peers of different networks. */
const wholeBytes4 = 2;
const wholeBytes6 = 6;
/** Every other bit of the further bytes counts. */
const furtherMask = 0x55;

/**
 * @param own Our address as peers see it.
 * @returns 0 to 2³² − 1, the same for both ends; undefined when a host is no address, or the two are of different
 *   families. IPv4 in IPv6 (`::ffff:1.2.3.4`) counts as IPv4.
 */
export function peerPriority(own: PeerAddress, peer: PeerAddress): number | undefined {
  const ours = packAddress(own.host);
  const theirs = packAddress(peer.host);
  if (ours === undefined || ours.length !== theirs?.length) return undefined;
  const length = ours.length;
  const shared = sharedBytes(ours, theirs);
  if (shared === length) return priorityOfPorts(own.port, peer.port);
  const whole = Math.max(length === 4 ? wholeBytes4 : wholeBytes6, shared + 1);
  // The bytes that differ first count in full, so that they order the masked addresses as well.
  const isOursFirst = (ours[shared] ?? 0) < (theirs[shared] ?? 0);
  const pair = new Uint8Array(2 * length);
  putMasked(pair, isOursFirst ? 0 : length, ours, whole);
  putMasked(pair, isOursFirst ? length : 0, theirs, whole);
  return crc32c(pair);
}

function priorityOfPorts(own: number, peer: number): number {
  const [low, high] = own < peer ? [own, peer] : [peer, own];
  return crc32c(Uint8Array.of(low >> 8, low, high >> 8, high));
}

/** Leading bytes that are equal. */
function sharedBytes(ours: Uint8Array, theirs: Uint8Array): number {
  let count = 0;
  while (count < ours.length && ours[count] === theirs[count]) count++;
  return count;
}

function putMasked(pair: Uint8Array, at: number, address: Uint8Array, whole: number): void {
  for (const [i, byte] of address.entries()) pair[at + i] = i < whole ? byte : byte & furtherMask;
}
