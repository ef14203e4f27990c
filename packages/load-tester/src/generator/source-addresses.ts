// Addresses that peers dial from: each peer has an address of its own, as far as the prefix goes.

import { formatIp, parseDigits, parseIp } from "@troupe/protocol/address";

/** Gives a peer its address. */
type SourceOf = (peer: number) => string;

/** A hundred thousand machines have room. */
const mostHostBits = 32;

/**
 * The addresses of a prefix, in order. IPv4 addresses that end in 0 or 255 are left out: some programs refuse them. Peers
 * beyond the last address begin at the first again.
 *
 * @param prefix `10.77.0.0/16`.
 * @returns Undefined for text that is no prefix with at least one address.
 */
export function sourceAddresses(prefix: string): SourceOf | undefined {
  const [host = "", length = "", ...rest] = prefix.split("/");
  const network = parseIp(host);
  const bits = parseDigits(length, 10, 3);
  if (network === undefined || bits === undefined || rest.length > 0) return undefined;
  const hostBits = 8 * network.length - bits;
  if (hostBits < 0) return undefined;
  const size = 2 ** Math.min(hostBits, mostHostBits);
  if (network.length === 16)
    return (peer) => addressAt(network, size === 1 ? 0 : 1 + (peer % (size - 1)));
  return hostBits < 8
    ? smallPrefix(network, size)
    : (peer) => addressAt(network, largeOffset(peer, size));
}

/** Below 256 addresses: the first and the last belong to the network, where there are others. */
function smallPrefix(network: Uint8Array, size: number): SourceOf {
  if (size <= 2) return (peer) => addressAt(network, peer % size);
  return (peer) => addressAt(network, 1 + (peer % (size - 2)));
}

/** 254 addresses of each 256. */
function largeOffset(peer: number, size: number): number {
  const index = peer % ((size / 256) * 254);
  return Math.floor(index / 254) * 256 + (index % 254) + 1;
}

function addressAt(network: Uint8Array, offset: number): string {
  const bytes = network.slice();
  let left = offset;
  for (let at = bytes.length - 1; left > 0 && at >= 0; at -= 1) {
    const sum = (bytes[at] ?? 0) + (left % 256);
    bytes[at] = sum % 256;
    left = Math.floor(left / 256) + (sum >= 256 ? 1 : 0);
  }
  return formatIp(bytes);
}
