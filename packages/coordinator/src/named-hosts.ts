// The hosts that a link or a caller may name.

import { classifyAddress, isLoopbackAddress, parseIp } from "@troupe/protocol/address";
import { lastSystemPort } from "./system-ports.ts";

const loopbackName = /^(.*\.)?(localhost|ip6-localhost|ip6-loopback)\.?$/i;

/** From the user of this machine, or from a stranger. */
export type LinkSource = "file" | "network";

/**
 * @param host A numeric address. A name passes: its addresses are judged when it is resolved.
 * @returns Whether a link of this source may name the peer.
 */
export function mayBeNamed(host: string, port: number, source: LinkSource): boolean {
  if (isThisMachine(host) && source === "network") return false;
  return classifyAddress(host) !== "local" || port > lastSystemPort;
}

/**
 * With the unspecified addresses, which lead to this machine as well, and the names of common hosts files.
 *
 * @param named In brackets or with a zone too: resolvers read both.
 */
export function isThisMachine(named: string): boolean {
  const host = named.replace(/^\[(.*)\]$/, "$1").replace(/%[^%]*$/, "");
  const isReserved = parseIp(host) !== undefined && classifyAddress(host) === "refused";
  return isReserved || isLoopbackAddress(host) || loopbackName.test(host);
}
