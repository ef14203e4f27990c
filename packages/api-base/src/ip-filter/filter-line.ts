// A line of a list, in any of its formats:
//
//   1.2.3.0/24             CIDR, or a single address, IPv4 or IPv6, or two addresses with `-` between them
//   001.002.003.000 - 001.002.003.255 , 000 , name     eMule's ipfilter.dat; a level above 127 allows the range
//   name:1.2.3.0-1.2.3.255                             p2p (PeerGuardian), IPv4 only: a name may contain colons
//   # text, // text, ; text                            comments, also behind an address

import { parseIp } from "@troupe/protocol/address";
import type { Address, FilterRanges } from "./filter-ranges.ts";

/** `allowed`: the list says that the range is not filtered. */
type FilterLine = "range" | "allowed" | "empty" | "broken";

/** Levels of ipfilter.dat above this are allowed. */
const mostFilteredLevel = 127;
/** With an IPv4 tail. */
const longestIp6 = 45;

const [tab, space, hash, comma, dash, dot, slash, zero, colon, semicolon] = [
  0x09, 0x20, 0x23, 0x2c, 0x2d, 0x2e, 0x2f, 0x30, 0x3a, 0x3b,
];

/** Reads lines, and adds their ranges to a list. */
export class FilterLineReader {
  readonly #ranges: FilterRanges;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;

  constructor(ranges: FilterRanges) {
    this.#ranges = ranges;
  }

  /** @param bytes Read only during the call; the line is from `start` up to `end`, without its line feed. */
  read(bytes: Buffer, start: number, end: number): FilterLine {
    this.#bytes = bytes;
    this.#end = end;
    while (this.#end > start && isBlank(bytes[this.#end - 1])) this.#end--;
    this.#at = start;
    this.#skipBlanks();
    if (this.#isAtComment) return "empty";
    const begin = this.#at;
    const line = this.#readAddressFirst();
    return line === "broken" ? this.#readNameFirst(begin) : line;
  }

  #readAddressFirst(): FilterLine {
    const first = this.#readAddress();
    if (first === undefined) return "broken";
    this.#skipBlanks();
    const mark = this.#peek;
    if (mark === slash && !this.#isAtComment) return this.#readCidr(first);
    if (mark !== dash) return this.#endRange(first, first);
    this.#at++;
    this.#skipBlanks();
    const last = this.#readAddress();
    return last === undefined ? "broken" : this.#endRange(first, last);
  }

  #readCidr(address: Address): FilterLine {
    this.#at++;
    const bits = this.#readNumber();
    const most = typeof address === "number" ? 32 : 128;
    if (bits === undefined || bits > most) return "broken";
    return this.#endRange(edgeOf(address, bits, 0), edgeOf(address, bits, 0xff));
  }

  /** After the addresses: the end of the line, a comment, or level and name. */
  #endRange(first: Address, last: Address): FilterLine {
    this.#skipBlanks();
    if (this.#isAtComment) return this.#add(first, last);
    if (this.#peek !== comma) return "broken";
    this.#at++;
    this.#skipBlanks();
    const level = this.#readNumber();
    this.#skipBlanks();
    if (level === undefined || (this.#at < this.#end && this.#peek !== comma)) return "broken";
    return level > mostFilteredLevel ? "allowed" : this.#add(first, last);
  }

  #readNameFirst(begin: number): FilterLine {
    const separator = this.#bytes.lastIndexOf(colon, this.#end - 1);
    if (separator < begin) return "broken";
    this.#at = separator + 1;
    this.#skipBlanks();
    const first = this.#readIp4();
    this.#skipBlanks();
    if (first === undefined || this.#peek !== dash) return "broken";
    this.#at++;
    this.#skipBlanks();
    const last = this.#readIp4();
    return last === undefined || this.#at < this.#end ? "broken" : this.#add(first, last);
  }

  #add(first: Address, last: Address): FilterLine {
    return this.#ranges.add(first, last) ? "range" : "broken";
  }

  #readAddress(): Address | undefined {
    const begin = this.#at;
    const ip4 = this.#readIp4();
    if (ip4 !== undefined) return ip4;
    let end = begin;
    while (end < this.#end && end - begin <= longestIp6 && isOfIp6(this.#bytes[end])) end++;
    const ip6 = parseIp(this.#bytes.toString("latin1", begin, end));
    this.#at = end;
    return ip6?.length === 16 ? ip6 : undefined;
  }

  /** Four decimal numbers; ipfilter.dat writes them with leading zeros. */
  #readIp4(): number | undefined {
    let address = 0;
    for (let part = 0; part < 4; part++) {
      if (part > 0 && this.#peek !== dot) return undefined;
      if (part > 0) this.#at++;
      const number = this.#readNumber();
      if (number === undefined || number > 255) return undefined;
      address = address * 256 + number;
    }
    return address;
  }

  /** One to three digits. */
  #readNumber(): number | undefined {
    let value = 0;
    let digits = 0;
    for (; digits < 3; digits++) {
      const digit = this.#peek - zero;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      this.#at++;
    }
    return digits === 0 ? undefined : value;
  }

  #skipBlanks(): void {
    while (this.#at < this.#end && isBlank(this.#bytes[this.#at])) this.#at++;
  }

  get #peek(): number {
    return this.#byteAt(this.#at);
  }

  /** -1 behind the end of the line. */
  #byteAt(at: number): number {
    return at < this.#end ? (this.#bytes[at] ?? -1) : -1;
  }

  /** At the end of the line too. */
  get #isAtComment(): boolean {
    const mark = this.#peek;
    if (mark === -1 || mark === hash || mark === semicolon) return true;
    return mark === slash && this.#byteAt(this.#at + 1) === slash;
  }
}

/** Carriage returns too. */
function isBlank(byte: number | undefined): boolean {
  return byte === space || byte === tab || byte === 0x0d;
}

/** A hexadecimal digit, a colon or a dot. */
function isOfIp6(byte = 0): boolean {
  const letter = byte | 0x20;
  return (byte >= dot && byte <= colon && byte !== slash) || (letter >= 0x61 && letter <= 0x66);
}

/** The address with `fill`, 0 or 255, in the bits behind the first `bits`. */
function edgeOf(address: Address, bits: number, fill: 0 | 0xff): Address {
  if (typeof address === "number") {
    const size = 2 ** (32 - bits);
    return address - (address % size) + (fill === 0 ? 0 : size - 1);
  }
  return address.map((byte, i) => {
    const mask = 0xff >> Math.min(8, Math.max(0, bits - 8 * i));
    return (byte & ~mask) | (fill & mask);
  });
}
