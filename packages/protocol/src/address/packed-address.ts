// Our address as the other side sees it, in bytes: `yourip` of BEP 10, `external ip` of BEP 24.

import { classifyAddress } from "./address.ts";
import { formatIp, isMapped, parseIp } from "./ip-address.ts";

/** @returns 4 or 16 bytes, 4 for an IPv4 address in IPv6; undefined for other text. */
export function packAddress(host: string): Uint8Array | undefined {
  const bytes = parseIp(host);
  return bytes?.length === 16 && isMapped(bytes) ? bytes.subarray(12) : bytes;
}

/** @returns The host of 4 or 16 bytes; undefined for other lengths and for addresses that no machine has. */
export function unpackAddress(bytes: Uint8Array | undefined): string | undefined {
  if (bytes?.length !== 4 && bytes?.length !== 16) return undefined;
  const host = formatIp(bytes);
  return classifyAddress(host) === "refused" ? undefined : host;
}
