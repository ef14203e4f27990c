// The local networks of this machine: one an interface and address family.

import type { InterfaceAddress, NetworkInterface } from "@troupe/actor-runtime";
import { isInNetwork } from "@troupe/protocol/address";

/** Interfaces that are used; the others of a machine with more are left out. */
export const mostInterfaces = 8;

/** An interface with addresses of one family. */
export interface LocalNetwork {
  readonly interface: string;
  readonly family: 4 | 6;
  /** How {@link Multicast.through} names the interface. */
  readonly through: string;
  /** Our address that announces leave from. Absent: the system chooses it; over IPv4 it is that of `through`. */
  readonly source?: string;
  /** At least one. */
  readonly addresses: readonly InterfaceAddress[];
}

/** The prefix of an IPv6 network; addresses given by a server often have a prefix of 128. */
const ip6Prefix = 64;
const linkLocal = { host: "fe80::", prefixLength: 10 };

/**
 * @param hosts Listening addresses. `0.0.0.0` and `::` listen on all networks of their family, another address on its own network.
 */
export function localNetworks(
  interfaces: readonly NetworkInterface[],
  hosts: readonly string[],
): LocalNetwork[] {
  const networks = interfaces
    .map((one) => networksOf(one, hosts))
    .filter(({ length }) => length > 0);
  return networks.slice(0, mostInterfaces).flat();
}

/** Whether a machine with this address is on the network. */
export function isNeighbour({ addresses, family }: LocalNetwork, host: string): boolean {
  return addresses.some(({ host: own, prefixLength }) =>
    isInNetwork(host, own, family === 6 ? Math.min(prefixLength, ip6Prefix) : prefixLength),
  );
}

function networksOf(
  { name, addresses }: NetworkInterface,
  hosts: readonly string[],
): LocalNetwork[] {
  const usable = addresses.filter((address) => isUsable(address, hosts));
  return ([4, 6] as const).flatMap((family) => {
    const own = usable.filter(({ host }) => familyOf(host) === family);
    const [first] = own;
    if (first === undefined) return [];
    const network = { interface: name, family, addresses: own };
    if (family === 4) return [{ ...network, through: first.host }];
    const source = hosts.some((host) => isInNetwork(host, "::", 128)) ? {} : { source: first.host };
    return [{ ...network, through: `::%${name}`, ...source }];
  });
}

/** Link-local addresses of IPv6 cannot be dialled without their interface. */
function isUsable({ host, isInternal }: InterfaceAddress, hosts: readonly string[]): boolean {
  if (isInternal || isInNetwork(host, linkLocal.host, linkLocal.prefixLength)) return false;
  const any = familyOf(host) === 6 ? "::" : "0.0.0.0";
  return hosts.some((bound) => isInNetwork(bound, any, 128) || isInNetwork(bound, host, 128));
}

function familyOf(host: string): 4 | 6 {
  return host.includes(":") ? 6 : 4;
}
