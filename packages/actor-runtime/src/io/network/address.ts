import { isIP } from "node:net";

import { canonicalHost } from "@troupe/protocol/address";
import type { Address } from "../../ports/sockets.ts";

/** In each spelling of an IPv4 address in IPv6: `::ffff:192.0.2.1` of a socket, `::ffff:c000:201` of a URL. */
const mappedGroup = ":ffff:";

/** Lower case, and IPv4 in dots even in IPv6: the kernel sends IPv4 packets to it. */
export function numericHost(host: string): string {
  const lower = host.toLowerCase();
  // For each datagram of IPv6: the others are not read.
  return lower.includes(mappedGroup) ? canonicalHost(lower) : lower;
}

/** The host of a URL without the brackets of IPv6. */
export function withoutBrackets(host: string): string {
  return host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
}

/** `0.0.0.0` and `::`: all addresses for a socket, this machine for a connection. */
export function isUnspecified(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

/** False for a name. */
export function isNumericHost(host: string): boolean {
  return isIP(host) !== 0;
}

/** True for a numeric host with a port from 1 to 65 535. */
export function isSocketAddress(address: Address): boolean {
  return isNumericHost(address.host) && isPort(address.port);
}

/** True for a port from 1 to 65 535. */
export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}
