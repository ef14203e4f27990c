import { formatIp, parseIp } from "./ip-address.ts";

/**
 * @param network Any address of the network.
 * @param prefixLength Leading bits that the addresses of the network share.
 * @returns Whether `host` is an address of the network; false for addresses of two families and other text.
 */
export function isInNetwork(host: string, network: string, prefixLength: number): boolean {
  const [one, other] = [parseIp(host), parseIp(network)];
  if (one === undefined || other === undefined || one.length !== other.length) return false;
  return one.every((byte, at) => {
    const bits = Math.min(8, Math.max(0, prefixLength - 8 * at));
    return (byte ^ (other[at] ?? 0)) >> (8 - bits) === 0;
  });
}

/** A prefix: all addresses of a family whose first bits are the same. */
interface AddressPrefix {
  /** `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`: one spelling for each prefix. */
  readonly text: string;
  /** 4 or 16 bytes. */
  readonly first: Uint8Array;
  readonly last: Uint8Array;
}

/** Reads an address, or a prefix such as `192.0.2.0/24` whose other bits count as 0. @returns Undefined for other text. */
export function parsePrefix(text: string): AddressPrefix | undefined {
  const [, host = "", digits] = /^([\da-f.:]{2,45})(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const address = parseIp(host);
  if (address === undefined) return undefined;
  const bits = 8 * address.length;
  const length = digits === undefined ? bits : Number(digits);
  if (length > bits) return undefined;
  const masks = address.map((_, at) => 0xff00 >> Math.min(8, Math.max(0, length - 8 * at)));
  const first = address.map((byte, at) => byte & (masks[at] ?? 0));
  const last = first.map((byte, at) => byte | (~(masks[at] ?? 0) & 0xff));
  const end = length === bits ? "" : `/${length}`;
  return { text: `${formatIp(first)}${end}`, first, last };
}
