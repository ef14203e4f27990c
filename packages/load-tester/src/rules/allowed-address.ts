// The decision on one address: may a load go there?

import {
  canonicalHost,
  classifyAddress,
  embeddedIp4,
  isInNetwork,
  isMapped,
  parseIp,
} from "@troupe/protocol/address";
import type { AddressRule } from "./address-rule.ts";
import type { GroupKind } from "./group-kind.ts";

/** A load may not go to an address. */
export interface AddressRefusal {
  readonly code: "target-not-allowed" | "hostile-not-allowed";
  readonly message: string;
}

/** Why an address may not be reached; undefined: it may. */
export type JudgeAddress = (host: string) => AddressRefusal | undefined;

/**
 * `private`: loopback, private and link-local ranges. `named`: another address, of
 * `--allow-target`. `other`: another address. `none`: no unicast address of one machine.
 */
type Reach = "private" | "named" | "other" | "none";

/** 100.64.0.0/10, which a provider shares out to its customers: it leads to machines of others. */
const carrierNetwork = { network: "100.64.0.0", bits: 10 } as const;

/** @param host A numeric address, as a socket takes it. @returns Why no such load may go there; undefined: it may. */
export function allowedAddress(
  rule: AddressRule,
  host: string,
  kind: GroupKind,
): AddressRefusal | undefined {
  const reach = reachOf(rule, host);
  if (reach === "none") return notUnicast(host);
  if (reach === "other") return notNamed(host);
  if (kind === "honest") return undefined;
  if (reach === "named") return hostileOutside(host, kind);
  return rule.allowHostile ? undefined : hostileRefused(host, kind);
}

function reachOf({ allowed }: AddressRule, text: string): Reach {
  const host = canonicalHost(withoutZone(text));
  const addressClass = classifyAddress(host);
  if (addressClass === "refused") return "none";
  const isPrivate = addressClass === "local" && !isBorderAddress(host);
  if (isPrivate) return "private";
  return allowed.some((each) => canonicalHost(each) === host) ? "named" : "other";
}

/** Addresses that the engine's classes count as local, although they lead out of this network. */
function isBorderAddress(host: string): boolean {
  if (isInNetwork(host, carrierNetwork.network, carrierNetwork.bits)) return true;
  const bytes = parseIp(host);
  // A gateway of NAT64 or 6to4 may lead anywhere. A mapped address is one of IPv4, and has its dotted form here.
  return bytes?.length === 16 && !isMapped(bytes) && embeddedIp4(bytes) !== undefined;
}

/** A zone names an interface of this machine, and matters only to the system. Only addresses of IPv6 have one. */
function withoutZone(host: string): string {
  const address = host.slice(0, Math.max(0, host.indexOf("%")));
  return parseIp(address)?.length === 16 ? address : host;
}

function notUnicast(host: string): AddressRefusal {
  const message = `cannot send load to "${shown(host)}": it is no address of one machine; unspecified, multicast, broadcast and reserved addresses, and names, are never allowed`;
  return { code: "target-not-allowed", message };
}

function notNamed(host: string): AddressRefusal {
  const message = `cannot send load to ${shown(host)}: the address is outside of loopback and private ranges, and no --allow-target names it`;
  return { code: "target-not-allowed", message };
}

function hostileOutside(host: string, kind: GroupKind): AddressRefusal {
  const message = `cannot run a ${kind} group against ${shown(host)}: hostile, storm and flood groups run only against loopback and private addresses, whatever --allow-target names`;
  return { code: "hostile-not-allowed", message };
}

function hostileRefused(host: string, kind: GroupKind): AddressRefusal {
  const message = `cannot run a ${kind} group against ${shown(host)}: this process runs such groups only with --allow-hostile`;
  return { code: "hostile-not-allowed", message };
}

/** A redirect or a peer may have named it. */
function shown(host: string): string {
  return host.replaceAll(/[^\w.:%-]/gu, "?").slice(0, 60);
}
