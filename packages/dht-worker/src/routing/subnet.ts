import { classifyAddress, parseIp } from "@troupe/protocol/address";

/** Bytes of a /24. */
const ip4SubnetBytes = 3;
/** Bytes of a /64. */
const ip6SubnetBytes = 8;

/**
 * The key of a subnet. A bucket and a look-up take one node of each, because the addresses of a subnet have one owner.
 *
 * @returns Undefined for local addresses, which may be any number of machines, and for other text.
 */
export function subnetOf(host: string): string | undefined {
  if (classifyAddress(host) !== "internet") return undefined;
  const ip = parseIp(host);
  return ip === undefined ? undefined : subnetOfBytes(ip);
}

/** @param ip 4 or 16 bytes. @returns The key of its subnet. */
export function subnetOfBytes(ip: Uint8Array): string {
  return ip.subarray(0, ip.length === 4 ? ip4SubnetBytes : ip6SubnetBytes).join(".");
}
