/**
 * @param text Dotted IPv4 without leading zeros, or IPv6 (RFC 4291) without brackets or zone.
 * @returns 4 or 16 bytes; undefined for other text.
 */
export function parseIp(text: string): Uint8Array | undefined {
  // The longest IPv6 address, with an IPv4 tail, has 45 characters.
  if (text.length === 0 || text.length > 45) return undefined;
  return text.includes(":") ? parseIp6(text) : parseIp4(text);
}

/** @param bytes 4 or 16. @returns Dotted IPv4, also for a mapped address, or IPv6 in the form of RFC 5952. */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  if (isMapped(bytes)) return bytes.subarray(12, 16).join(".");
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16),
  );
  const run = longestZeroRun(groups);
  if (run.length < 2) return groups.join(":");
  const head = groups.slice(0, run.start).join(":");
  return `${head}::${groups.slice(run.start + run.length).join(":")}`;
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
  const parts = text.split(".", 5);
  if (parts.length !== 4) return undefined;
  const bytes = new Uint8Array(4);
  for (const [i, part] of parts.entries()) {
    const value = parseDigits(part, 10, 3);
    // Some resolvers read "010" as 8, others as 10.
    if (value === undefined || value > 255 || (part.length > 1 && part.startsWith("0"))) {
      return undefined;
    }
    bytes[i] = value;
  }
  return bytes;
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
