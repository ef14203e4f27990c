// Whether this machine may give a prefix to a network namespace.

import { networkLengths } from "../../scenario/build/prefixes.ts";
import { areOverlapping, ip4Prefix, type Ip4Prefix } from "./ip4-prefix.ts";
import type { MachineRoute } from "./machine-routes.ts";

/** Ranges without machines: `this network`, loopback, link-local, protocol assignments, multicast, reserved. */
const special = [
  "0.0.0.0/8",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "192.0.0.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
].flatMap((text) => ip4Prefix(text) ?? []);

/** Parts of {@link prefixRefusal}. */
interface PrefixParts {
  /** Of the peers: a prefix, or `system`. */
  readonly sources: string;
  readonly routes: readonly MachineRoute[];
}

/** @returns Why a network cannot have the prefix; undefined: it can. */
export function prefixRefusal(text: string, { sources, routes }: PrefixParts): string | undefined {
  const prefix = ip4Prefix(text);
  const [shortest, longest] = networkLengths;
  if (prefix === undefined || prefix.bits < shortest || prefix.bits > longest) {
    return `a network takes an IPv4 prefix of a length from ${shortest} to ${longest}`;
  }
  if (isSpecial(prefix)) return "its addresses are loopback, link-local, multicast or reserved";
  const peers = ip4Prefix(sources);
  if (peers !== undefined && areOverlapping(prefix, peers)) {
    return `it overlaps the addresses of the peers, ${sources}`;
  }
  const route = routes.find((each) => areOverlapping(prefix, each.prefix));
  if (route === undefined) return undefined;
  return `it overlaps a route or an address of this machine, ${route.text}`;
}

function isSpecial(prefix: Ip4Prefix): boolean {
  return special.some((each) => areOverlapping(prefix, each));
}
