import { writeUint16, writeUint32 } from "../bytes/byte-order.ts";

const longestIp4 = "255.255.255.255".length;
const ip6Bytes = 16;
const dot = 0x2e;
const zero = 0x30;
const nine = 0x39;
const colon = 0x3a;
const letterA = 0x61;
/** The bit that a small letter has more than its capital. */
const lowerCase = 0x20;

/**
 * @param text Dotted IPv4 without leading zeros, or IPv6 (RFC 4291) without brackets or zone.
 * @returns 4 or 16 bytes; undefined for other text.
 */
export function parseIp(text: string): Uint8Array | undefined {
  // The longest IPv6 address, with an IPv4 tail, has 45 characters.
  if (text.length === 0 || text.length > 45) return undefined;
  return text.includes(":") ? parseIp6(text) : parseIp4(text);
}

/**
 * Runs for every address that is compared with a filter, so it allocates nothing.
 *
 * @returns Dotted IPv4 without leading zeros as a number of 32 bits; undefined for other text.
 */
export function ip4Number(text: string): number | undefined {
  if (text.length > longestIp4) return undefined;
  let value = 0;
  let part = 0;
  let digits = 0;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === dot && digits > 0) {
      value = value * 256 + part;
      dots++;
      part = 0;
      digits = 0;
      continue;
    }
    // Some resolvers read "010" as 8, others as 10.
    if (code < zero || code > nine || (digits > 0 && part === 0)) return undefined;
    part = part * 10 + code - zero;
    digits++;
    if (part > 255) return undefined;
  }
  return dots === 3 && digits > 0 ? value * 256 + part : undefined;
}

/** @param bytes 4 or 16. @returns Dotted IPv4, also for a mapped address, or IPv6 in the form of RFC 5952. */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return formatIp4(bytes, 0);
  if (isMapped(bytes)) return formatIp4(bytes, 12);
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16),
  );
  const run = longestZeroRun(groups);
  if (run.length < 2) return groups.join(":");
  const head = groups.slice(0, run.start).join(":");
  return `${head}::${groups.slice(run.start + run.length).join(":")}`;
}

/**
 * @returns A numeric address in the form in which sockets report it, IPv4 also for a mapped address, so that both texts are
 *   equal; other text unchanged.
 */
export function canonicalHost(host: string): string {
  const bytes = parseIp(host);
  return bytes === undefined ? host : formatIp(bytes);
}

/** Not `join`, which takes four times as long: every node that another one names passes here. */
function formatIp4(bytes: Uint8Array, at: number): string {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
}

/** @returns Whether 16 bytes are `::ffff:a.b.c.d`. */
export function isMapped(bytes: Uint8Array): boolean {
  return startsWithZeros(bytes, 10) && bytes[10] === 0xff && bytes[11] === 0xff;
}

/** @returns Whether the first `count` bytes are 0. */
export function startsWithZeros(bytes: Uint8Array, count: number): boolean {
  const end = Math.min(count, bytes.length);
  for (let at = 0; at < end; at++) if (bytes[at] !== 0) return false;
  return true;
}

function parseIp4(text: string): Uint8Array | undefined {
  const value = ip4Number(text);
  if (value === undefined) return undefined;
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** For each datagram over IPv6: one pass over the characters. */
function parseIp6(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(ip6Bytes);
  let filled = 0;
  /** Bytes before the `::`. */
  let gapAt = text.startsWith("::") ? 0 : -1;
  let at = gapAt === 0 ? 2 : 0;
  while (at < text.length) {
    const end = groupEnd(text, at);
    if (text.charCodeAt(end) === dot) {
      const ip4 = ip4Number(text.slice(at));
      if (ip4 === undefined || filled > ip6Bytes - 4) return undefined;
      filled = writeUint32(bytes, filled, ip4);
      break;
    }
    if (end === at || end - at > 4 || filled > ip6Bytes - 2) return undefined;
    filled = writeUint16(bytes, filled, hexadecimal(text, at, end));
    if (end === text.length) break;
    if (text.charCodeAt(end) !== colon) return undefined;
    at = end + 1;
    if (text.charCodeAt(at) === colon) {
      if (gapAt >= 0) return undefined;
      gapAt = filled;
      at++;
    } else if (at === text.length) return undefined;
  }
  if (gapAt < 0) return filled === ip6Bytes ? bytes : undefined;
  // A `::` stands for one group at least.
  if (filled > ip6Bytes - 2) return undefined;
  for (let back = 1; back <= filled - gapAt; back++) {
    bytes[ip6Bytes - back] = bytes[filled - back] ?? 0;
    bytes[filled - back] = 0;
  }
  return bytes;
}

/** The end of the hexadecimal digits that begin at `start`. */
function groupEnd(text: string, start: number): number {
  let at = start;
  while (digitOf(text.charCodeAt(at)) < 16) at++;
  return at;
}

function hexadecimal(text: string, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = 16 * value + digitOf(text.charCodeAt(at));
  return value;
}

/** @returns 0 to 15; 16 for a character that is no hexadecimal digit, and behind the end. */
function digitOf(code: number): number {
  if (code >= zero && code <= nine) return code - zero;
  const letter = (code | lowerCase) - letterA;
  return letter >= 0 && letter < 6 ? 10 + letter : 16;
}

/** @returns A number of at most `maxDigits` digits without a sign; undefined for other text. */
export function parseDigits(text: string, radix: 10 | 16, maxDigits: number): number | undefined {
  if (text.length === 0 || text.length > maxDigits) return undefined;
  let value = 0;
  for (const character of text.toLowerCase()) {
    const digit = "0123456789abcdef".indexOf(character);
    if (digit < 0 || digit >= radix) return undefined;
    value = value * radix + digit;
  }
  return value;
}

function longestZeroRun(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let i = 0; i <= groups.length; i++) {
    if (groups[i] === "0") continue;
    if (i - start > best.length) best = { start, length: i - start };
    start = i + 1;
  }
  return best;
}
