// What a numeric address is. Runs wherever sockets, names or URLs are handled.

import { isIP } from "node:net";

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
