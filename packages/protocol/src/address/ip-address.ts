const longestIp4 = "255.255.255.255".length;
const dot = 0x2e;
const zero = 0x30;
const nine = 0x39;

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
  return bytes.subarray(0, count).every((byte) => byte === 0);
}

function parseIp4(text: string): Uint8Array | undefined {
  const value = ip4Number(text);
  if (value === undefined) return undefined;
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

function parseIp6(text: string): Uint8Array | undefined {
  const halves = text.split("::", 3);
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? "", halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? "", true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 2 ? missing < 2 : missing !== 0) return undefined;
  const bytes = new Uint8Array(16);
  bytes.set(head, 0);
  bytes.set(tail, 16 - tail.length);
  return bytes;
}

/** @returns The bytes of `a:b:c`. */
function parseGroups(text: string, mayEndInIp4: boolean): number[] | undefined {
  const bytes: number[] = [];
  if (text === "") return bytes;
  const groups = text.split(":", 9);
  for (const [i, group] of groups.entries()) {
    if (mayEndInIp4 && i === groups.length - 1 && group.includes(".")) {
      const ip4 = parseIp4(group);
      if (ip4 === undefined) return undefined;
      bytes.push(...ip4);
      continue;
    }
    const value = parseDigits(group, 16, 4);
    if (value === undefined) return undefined;
    bytes.push(value >> 8, value & 0xff);
  }
  return bytes;
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
