import { AddressRanges } from "@troupe/messages";
import { isMapped } from "@troupe/protocol/address";
import { readUint32 } from "@troupe/protocol/bytes";
import { TroupeError } from "@troupe/control";
import { RangeRows } from "./range-rows.ts";

/** Ranges of a list. */
export const mostRanges = 2_000_000;
const ip4Words = 1;
const ip6Words = 4;

/** An IPv4 address as a number of 32 bits, an IPv6 address as 16 bytes. */
export type Address = number | Uint8Array;

/** The ranges of a list that is being read. */
export class FilterRanges {
  readonly #ip4 = new RangeRows(ip4Words);
  readonly #ip6 = new RangeRows(ip6Words);
  readonly #first = new Uint32Array(ip6Words);
  readonly #last = new Uint32Array(ip6Words);

  get count(): number {
    return this.#ip4.count + this.#ip6.count;
  }

  /**
   * @returns Whether the ends are a range: of one family, the first one not greater.
   * @throws TroupeError `ip-filter-too-large`
   */
  add(first: Address, last: Address): boolean {
    const [from, to] = [unmapped(first), unmapped(last)];
    const rows = typeof from === "number" ? this.#ip4 : this.#ip6;
    if (typeof from !== typeof to || !isAscending(from, to)) return false;
    if (this.count === mostRanges) throw tooManyRanges();
    rows.add(put(from, this.#first), put(to, this.#last));
    return true;
  }

  /** Sorts, merges and packs the ranges, a short step at a time. @returns Memory of {@link AddressRanges}. */
  *pack(): Generator<void, SharedArrayBuffer> {
    yield* this.#ip4.compact();
    yield* this.#ip6.compact();
    const packed = AddressRanges.allocate(this.#ip4.count, this.#ip6.count);
    yield* this.#ip4.write(packed.ip4Firsts, packed.ip4Lasts);
    yield* this.#ip6.write(packed.ip6Firsts, packed.ip6Lasts);
    return packed.memory;
  }
}

/** `::ffff:1.2.3.4` is 1.2.3.4. */
function unmapped(address: Address): Address {
  if (typeof address === "number" || !isMapped(address)) return address;
  return readUint32(address, 12);
}

function isAscending(first: Address, last: Address): boolean {
  if (typeof first === "number" || typeof last === "number") return first <= last;
  return Buffer.compare(first, last) <= 0;
}

function put(address: Address, words: Uint32Array): Uint32Array {
  if (typeof address === "number") words[0] = address;
  else for (let word = 0; word < ip6Words; word++) words[word] = readUint32(address, 4 * word);
  return words;
}

function tooManyRanges(): TroupeError {
  const message = `it has more than ${mostRanges} ranges, the most allowed`;
  return new TroupeError("ip-filter-too-large", message);
}
