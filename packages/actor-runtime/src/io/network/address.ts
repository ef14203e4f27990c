// What a numeric address is, and which ones are local. Runs wherever sockets, names or URLs are handled.

import { BlockList, isIP } from "node:net";

import type { Address } from "../../ports/sockets.ts";

/** Prefix of an IPv4 address written as IPv6, as an IPv6 socket reports an IPv4 peer. */
const mappedPrefix = "::ffff:";

/**
 * An address as the rest of the program writes it: lower case, and IPv4 in dots also where the system reports it
 * through an IPv6 socket.
 */
export function numericHost(host: string): string {
  const lower = host.toLowerCase();
  if (lower.startsWith(mappedPrefix)) {
    const dotted = lower.slice(mappedPrefix.length);
    if (isIP(dotted) === 4) return dotted;
  }
  return lower;
}

/** True for an address in figures, false for a name. */
export function isNumericHost(host: string): boolean {
  return isIP(host) !== 0;
}

/** True for a numeric host with a port from 1 to 65 535. */
export function isSocketAddress(address: Address): boolean {
  const { host, port } = address;
  return isNumericHost(host) && Number.isInteger(port) && port >= 1 && port <= 65_535;
}

const publicExceptions = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8], // this network
  ["10.0.0.0", 8], // private
  ["100.64.0.0", 10], // carrier-grade translation
  ["127.0.0.0", 8], // loopback
  ["169.254.0.0", 16], // link-local, and the metadata services of clouds
  ["172.16.0.0", 12], // private
  ["192.0.0.0", 24], // protocol assignments
  ["192.168.0.0", 16], // private
  ["224.0.0.0", 4], // multicast
  ["240.0.0.0", 4], // reserved, and broadcast
] as const) {
  publicExceptions.addSubnet(network, prefix, "ipv4");
}
for (const [network, prefix] of [
  ["::", 128], // unspecified
  ["::1", 128], // loopback
  ["fc00::", 7], // unique local
  ["fe80::", 10], // link-local
  ["fec0::", 10], // site-local
  ["ff00::", 8], // multicast
] as const) {
  publicExceptions.addSubnet(network, prefix, "ipv6");
}

/**
 * True for an address that a host on the internet has no business to name: loopback, private, link-local,
 * multicast, reserved, also when wrapped in IPv6 (mapped, NAT64, 6to4). Anything that is not a numeric address counts
 * as local, so that a doubt refuses.
 */
export function isLocalHost(host: string): boolean {
  const numeric = numericHost(host);
  const family = isIP(numeric);
  if (family === 0) return true;
  if (family === 4) return publicExceptions.check(numeric, "ipv4");
  const withoutZone = numeric.split("%", 1)[0] ?? numeric;
  const embedded = embeddedIpv4(withoutZone);
  if (embedded !== undefined) return isLocalHost(embedded);
  return publicExceptions.check(withoutZone, "ipv6");
}

/** The IPv4 address inside a translated IPv6 one (RFC 4291 mapped and compatible, 6052 NAT64, 3056 6to4). */
function embeddedIpv4(host: string): string | undefined {
  const groups = expand(host);
  const leading = groups.slice(0, 6).join(":");
  if (leading === "0:0:0:0:0:65535" || leading === "100:65435:0:0:0:0") {
    return dottedOf(groups[6], groups[7]);
  }
  // `::` and `::1` are no IPv4 addresses, but all others with twelve zeros are: `::ff` is 0.0.0.255.
  const isCompatible = leading === "0:0:0:0:0:0" && ((groups[6] ?? 0) > 0 || (groups[7] ?? 0) > 1);
  if (isCompatible) return dottedOf(groups[6], groups[7]);
  if (groups[0] === 0x2002) return dottedOf(groups[1], groups[2]);
  return undefined;
}

/** The eight groups of a valid IPv6 address as numbers. */
function expand(host: string): number[] {
  const [head = "", tail] = host.split("::");
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return [...before, ...zeros, ...after];
}

function groupsOf(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (!group.includes(".")) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

function dottedOf(high = 0, low = 0): string {
  return `${high >>> 8}.${high & 255}.${low >>> 8}.${low & 255}`;
}
