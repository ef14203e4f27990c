import {
  canonicalHost,
  classifyAddress,
  embeddedIp4,
  formatIp,
  isNameOfInternet,
  parseIp,
} from "@troupe/protocol/address";
import type { MayDial } from "../../ports/http.ts";
import type { Interfaces } from "../../ports/interfaces.ts";

/**
 * The rule for hosts that strangers name: hosts of the internet but this machine, and the hosts that its user lists.
 *
 * Where a proxy looks names up, the address is the name itself: names of the internet pass.
 *
 * @param listed Names, and numeric addresses. A listed host may be local; a name that leads to a listed address is it too.
 */
export function hostsForStrangers(
  interfaces: Pick<Interfaces, "list">,
  listed: readonly string[] = [],
): MayDial {
  const names = new Set(listed.map(plainHost));
  return (address, hostname) =>
    names.has(plainHost(hostname)) ||
    names.has(plainHost(address)) ||
    isNameOfInternet(address) ||
    (classifyAddress(address) === "internet" && !isOwn(interfaces, address));
}

/** Whether an address, or the IPv4 address in it, is one of this machine. */
function isOwn(interfaces: Pick<Interfaces, "list">, address: string): boolean {
  const bytes = parseIp(address);
  const ip4 = bytes?.length === 16 ? embeddedIp4(bytes) : undefined;
  const hosts = [canonicalHost(address), ...(ip4 === undefined ? [] : [formatIp(ip4)])];
  return interfaces
    .list()
    .some(({ addresses }) => addresses.some(({ host }) => hosts.includes(canonicalHost(host))));
}

/** `[::1]` → `::1`, `NAS.local.` → `nas.local`. */
function plainHost(host: string): string {
  return canonicalHost(
    host
      .replace(/^\[(.*)\]$/, "$1")
      .replace(/\.$/, "")
      .toLowerCase(),
  );
}
