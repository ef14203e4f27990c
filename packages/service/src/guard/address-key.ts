import { canonicalHost, isMapped, parseIp } from "@troupe/protocol/address";

/** The callers of a Unix socket: all of them are users of this machine. */
export const socketAddress = "socket";

/**
 * @param address Numeric, its zone ignored, or {@link socketAddress}.
 * @returns The key that bounds count a caller by: its IPv4 address, also for a mapped address, or its IPv6 /64, which a
 *   subscriber has for itself.
 */
export function addressKeyOf(address: string): string {
  const bare = withoutZone(address);
  const bytes = parseIp(bare);
  if (bytes === undefined || bytes.length === 4 || isMapped(bytes)) return canonicalHost(bare);
  return `${Buffer.from(bytes.subarray(0, 8)).toString("hex")}/64`;
}

/** `fe80::1%eth0` → `fe80::1`. */
export function withoutZone(address: string): string {
  const zone = address.indexOf("%");
  return zone < 0 ? address : address.slice(0, zone);
}
