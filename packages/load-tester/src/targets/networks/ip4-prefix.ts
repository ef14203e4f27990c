import { formatIp, parseDigits, parseIp } from "@troupe/protocol/address";

/** A range of IPv4 addresses, as numbers. */
export interface Ip4Prefix {
  readonly first: number;
  readonly last: number;
  readonly bits: number;
}

/** @param text `10.88.0.0/24`, or an address. @returns Undefined for other text. */
export function ip4Prefix(text: string): Ip4Prefix | undefined {
  const [host = "", length = "32", ...rest] = text.split("/");
  const bytes = parseIp(host);
  const bits = parseDigits(length, 10, 2);
  if (bytes?.length !== 4 || bits === undefined || bits > 32 || rest.length > 0) return undefined;
  const address = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  const size = 2 ** (32 - bits);
  const first = address - (address % size);
  return { first, last: first + size - 1, bits };
}

/** @returns Whether some address is in both. */
export function areOverlapping(one: Ip4Prefix, other: Ip4Prefix): boolean {
  return one.first <= other.last && other.first <= one.last;
}

/** @returns The numeric address in dotted form. */
export function ip4Text(address: number): string {
  return formatIp(Uint8Array.from([24, 16, 8, 0], (shift) => Math.floor(address / 2 ** shift)));
}

/** @returns The prefix with its first address: `10.88.0.0/24`. */
export function spellPrefix({ first, bits }: Ip4Prefix): string {
  return `${ip4Text(first)}/${bits}`;
}
