import { isIP } from "node:net";

import type { Address } from "../../ports/sockets.ts";

/** IPv6 sockets report IPv4 addresses so. */
const mappedPrefix = "::ffff:";

/** Lower case, and IPv4 in dots even from an IPv6 socket. */
export function numericHost(host: string): string {
  const lower = host.toLowerCase();
  if (lower.startsWith(mappedPrefix)) {
    const dotted = lower.slice(mappedPrefix.length);
    if (isIP(dotted) === 4) return dotted;
  }
  return lower;
}

/** The host of a URL without the brackets of IPv6. */
export function withoutBrackets(host: string): string {
  return host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
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
