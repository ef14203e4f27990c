// /proc/net/route: one line a route, with addresses as hexadecimal numbers in the order of the machine's bytes.

import type { Gateway } from "../../ports/gateways.ts";

/** An IPv4 address of this machine. */
export interface InterfaceAddress {
  /** The name of the interface. */
  readonly name: string;
  readonly host: string;
  readonly netmask: string;
}

/** RTF_UP and RTF_GATEWAY: the route leads to a gateway. */
const upToGateway = 0x3;

/** @returns The gateways of default routes, the smallest metric first, each with our address in its network. */
export function readRoutes(
  table: string,
  addresses: readonly InterfaceAddress[],
): readonly Gateway[] {
  return table
    .split("\n")
    .flatMap(defaultRouteOf)
    .toSorted((one, other) => one.metric - other.metric)
    .flatMap(({ name, host }) => {
      const own = addresses.filter((address) => address.name === name);
      const local = own.find((address) => isInNetwork(host, address)) ?? own[0];
      return local === undefined ? [] : [{ host, localHost: local.host }];
    });
}

/** Columns: interface, destination, gateway, flags, references, use, metric, mask … */
function defaultRouteOf(line: string) {
  const [name, destination, gateway = "", flags = "", , , metric = "", mask] = line
    .trim()
    .split(/\s+/);
  const leads = (Number.parseInt(flags, 16) & upToGateway) === upToGateway;
  const isDefault = destination === "00000000" && mask === "00000000";
  if (name === undefined || !leads || !isDefault || !/^[\dA-F]{8}$/i.test(gateway)) return [];
  return [{ name, host: dotted(gateway), metric: Number(metric) }];
}

function dotted(hexadecimal: string): string {
  return new Uint8Array(Uint32Array.of(Number.parseInt(hexadecimal, 16)).buffer).join(".");
}

function isInNetwork(host: string, { host: own, netmask }: InterfaceAddress): boolean {
  const [theirs, ours] = [bytesOf(host), bytesOf(own)];
  return bytesOf(netmask).every((bits, i) => (((theirs[i] ?? 0) ^ (ours[i] ?? 0)) & bits) === 0);
}

/** The four bytes of an address that the system wrote. */
function bytesOf(ip4: string): readonly number[] {
  return ip4.split(".").map(Number);
}
