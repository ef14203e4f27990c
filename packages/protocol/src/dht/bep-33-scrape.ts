// https://www.bittorrent.org/beps/bep_0033.html: Bloom filters, by which DHT nodes count the peers of a torrent together.

import { sha1 } from "../bytes/sha1.ts";

/** Bytes of a filter. */
export const bloomFilterBytes = 256;
/** A filter with more peers says too little: it is left out. */
export const mostFilterPeers = 6_000;

const filterBits = bloomFilterBytes * 8;
/** Bits of an address. */
const hashes = 2;

/** Adds an address of 4 or 16 bytes. */
export function insertAddress(filter: Uint8Array, address: Uint8Array): void {
  const digest = sha1(address);
  for (let hash = 0; hash < hashes; hash++) {
    const bit = bitAt(digest, hash);
    filter[bit >> 3] = (filter[bit >> 3] ?? 0) | (1 << (bit & 7));
  }
}

/** Whether the filter may have the address; false is certain. */
export function mayHaveAddress(filter: Uint8Array, address: Uint8Array): boolean {
  const digest = sha1(address);
  for (let hash = 0; hash < hashes; hash++) {
    const bit = bitAt(digest, hash);
    if ((((filter[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 0) return false;
  }
  return true;
}

/** Adds the addresses of another filter. */
export function uniteFilters(filter: Uint8Array, other: Uint8Array): void {
  for (let at = 0; at < bloomFilterBytes; at++) filter[at] = (filter[at] ?? 0) | (other[at] ?? 0);
}

/** @returns Estimated number of addresses in the filter. */
export function estimateAddresses(filter: Uint8Array): number {
  let zeros = 0;
  for (const byte of filter) {
    for (let bit = 0; bit < 8; bit++) if (((byte >> bit) & 1) === 0) zeros++;
  }
  const counted = Math.min(filterBits - 1, Math.max(1, zeros));
  const size = Math.log(counted / filterBits) / (hashes * Math.log(1 - 1 / filterBits));
  return zeros === filterBits ? 0 : size;
}

function bitAt(digest: Uint8Array, hash: number): number {
  const low = digest[2 * hash] ?? 0;
  const high = digest[2 * hash + 1] ?? 0;
  return (low | (high << 8)) % filterBits;
}
