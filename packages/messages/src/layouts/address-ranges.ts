// Ranges of addresses, in memory that is written before it is shared and never again.
//
//   byte 0     u32      count of IPv4 ranges, n
//   byte 4     u32      count of IPv6 ranges, m
//   byte 8     n × u32  first addresses of IPv4
//              n × u32  last addresses
//              m × 16   first addresses of IPv6, four u32, most significant first
//              m × 16   last addresses
//
// The ranges of a family are ascending and disjoint. A u32 is in the byte order of the machine.

import { embeddedIp4, ip4Number, parseIp } from "@troupe/protocol/address";
import { readUint32 } from "@troupe/protocol/bytes";

const headerWords = 2;
/** Words of an IPv6 address. */
const ip6Words = 4;
const upperHalves = 1 << 16;
/** A shorter list fits the cache of the processor. */
const leastIndexed = 4_096;

/** Ranges of IPv4 and IPv6 addresses, both ends included. */
export class AddressRanges {
  readonly memory: SharedArrayBuffer;
  readonly ip4Firsts: Uint32Array;
  readonly ip4Lasts: Uint32Array;
  readonly ip6Firsts: Uint32Array;
  readonly ip6Lasts: Uint32Array;
  /** Made at the first look-up, when the ranges are written. */
  #starts: Uint32Array | undefined;

  /** @param memory Memory of {@link AddressRanges.allocate}. */
  constructor(memory: SharedArrayBuffer) {
    const words = new Uint32Array(memory);
    const [ip4Count = 0, ip6Count = 0] = words;
    let at = headerWords;
    const next = (count: number): Uint32Array => words.subarray(at, (at += count));
    this.memory = memory;
    this.ip4Firsts = next(ip4Count);
    this.ip4Lasts = next(ip4Count);
    this.ip6Firsts = next(ip6Count * ip6Words);
    this.ip6Lasts = next(ip6Count * ip6Words);
  }

  /** Memory for so many ranges; the caller writes them. */
  static allocate(ip4Count: number, ip6Count: number): AddressRanges {
    const words = headerWords + 2 * ip4Count + 2 * ip6Words * ip6Count;
    const memory = new SharedArrayBuffer(words * Uint32Array.BYTES_PER_ELEMENT);
    new Uint32Array(memory).set([ip4Count, ip6Count]);
    return new AddressRanges(memory);
  }

  /** Ranges of both families. */
  get count(): number {
    return this.ip4Firsts.length + this.ip6Firsts.length / ip6Words;
  }

  /**
   * @param host An IPv4 or IPv6 address, its zone (`%eth0`) ignored; any other text is in no range.
   * @returns Whether a range has the address, or the IPv4 address in it (mapped, compatible, NAT64, 6to4).
   */
  has(host: string): boolean {
    const ip4 = ip4Number(host);
    if (ip4 !== undefined) return this.#hasIp4(ip4);
    if (!host.includes(":")) return false;
    const zone = host.indexOf("%");
    const bytes = parseIp(zone > 0 ? host.slice(0, zone) : host);
    if (bytes === undefined) return false;
    const embedded = embeddedIp4(bytes);
    if (embedded !== undefined && this.#hasIp4(readUint32(embedded, 0))) return true;
    return this.#hasIp6(bytes);
  }

  #hasIp4(address: number): boolean {
    const firsts = this.ip4Firsts;
    let low = 0;
    let high = firsts.length;
    if (high >= leastIndexed) {
      this.#starts ??= startsOf(firsts);
      low = this.#starts[address >>> 16] ?? 0;
      high = this.#starts[(address >>> 16) + 1] ?? 0;
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((firsts[middle] ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    return low > 0 && address <= (this.ip4Lasts[low - 1] ?? 0);
  }

  #hasIp6(bytes: Uint8Array): boolean {
    const address = [0, 4, 8, 12].map((offset) => readUint32(bytes, offset));
    let low = 0;
    let high = this.ip6Firsts.length / ip6Words;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareAt(this.ip6Firsts, middle, address) <= 0) low = middle + 1;
      else high = middle;
    }
    return low > 0 && compareAt(this.ip6Lasts, low - 1, address) >= 0;
  }
}

/**
 * A table of 256 KiB for the upper half of an IPv4 address: without it the reads of a search miss the cache of the
 * processor.
 *
 * @returns For each upper half, and behind the last one, the number of ranges that begin before its addresses.
 */
function startsOf(firsts: Uint32Array): Uint32Array {
  const starts = new Uint32Array(upperHalves + 1);
  let next = 0;
  for (let i = 0; i < firsts.length; i++) {
    const upper = (firsts[i] ?? 0) >>> 16;
    while (next <= upper) starts[next++] = i;
  }
  return starts.fill(firsts.length, next);
}

/** @returns Below 0 when the address at this place of the list is less than `address`, 0 when they are equal. */
function compareAt(list: Uint32Array, place: number, address: readonly number[]): number {
  for (let word = 0; word < ip6Words; word++) {
    const difference = (list[place * ip6Words + word] ?? 0) - (address[word] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
