import { isInNetwork } from "@troupe/protocol/address";
import type { Gateway, Gateways } from "../ports/gateways.ts";
import type { InterfaceWatch } from "./interface-watch.ts";

/** Prefixes that name no network but one or two ends of a tunnel. */
const tunnelPrefix = 31;
/** The network of a tunnel's end, by the convention of providers: the server is the first address of it. */
const conventionalPrefix = 24;

/** The gateways of one interface. */
export function boundGateways(watch: InterfaceWatch, direct: Gateways): Gateways {
  return { list: () => gatewaysOf(watch, direct) };
}

function gatewaysOf(watch: InterfaceWatch, direct: Gateways): readonly Gateway[] {
  if (watch.look().kind !== "up") return [];
  const listed = direct.list().flatMap((gateway) => fromUsable(watch, gateway));
  return listed.length > 0 ? listed : peersOf(watch);
}

/** The gateway as sockets reach it: the system may have named another address of the interface than they may use. */
function fromUsable(watch: InterfaceWatch, { host, localHost }: Gateway): readonly Gateway[] {
  if (watch.has(localHost)) return [{ host, localHost }];
  if (!watch.owns(localHost)) return [];
  const own = watch.addresses.find((one) => isInNetwork(host, one.host, one.prefixLength));
  return own === undefined ? [] : [{ host, localHost: own.host }];
}

/** A tunnel has no gateway: its other end is asked, which is the first address of the network. */
function peersOf({ addresses }: InterfaceWatch): readonly Gateway[] {
  return addresses.flatMap(({ host: localHost, prefixLength }) => {
    const host = firstHost(localHost, prefixLength);
    return host === undefined || host === localHost ? [] : [{ host, localHost }];
  });
}

function firstHost(ip4: string, prefixLength: number): string | undefined {
  const bits = prefixLength >= tunnelPrefix ? conventionalPrefix : prefixLength;
  const bytes = ip4.split(".").map(Number);
  if (bytes.length !== 4) return undefined;
  const first = bytes.map((byte, at) => byte & (0xff00 >> Math.min(8, Math.max(0, bits - 8 * at))));
  first[3] = (first[3] ?? 0) | 1;
  const host = first.join(".");
  return isInNetwork(host, ip4, bits) ? host : undefined;
}
