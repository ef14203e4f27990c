// Decides the addresses of a request. The first URL comes from the user or the torrent and may name a local host; no
// server on
// the internet may redirect us to a local host, or name it by its own DNS.

import { classifyAddress } from "@troupe/protocol";
import type { Resolved } from "../network/resolver.ts";

/** Names of local networks (RFC 6761, 6762, 8375 and common routers). */
const localEndings = [".localhost", ".local", ".lan", ".home", ".home.arpa", ".internal"];

/** Restrictions of one hop. */
export interface HopPolicy {
  /** An earlier hop was a public host: this host must not be local. */
  readonly fromPublic: boolean;
  /** For tests, where every address is local. */
  readonly isLocal?: (host: string) => boolean;
}

/** Decision on the addresses of a hop. */
export interface HopDecision {
  /** Allowed addresses; empty when the hop is refused. */
  readonly addresses: readonly string[];
  /** For the next hop's policy. */
  readonly fromPublic: boolean;
}

/**
 * Decides which of a host's addresses may be dialled. After a public hop, only public addresses. Otherwise numeric
 * hosts,
 * names from the hosts file and names of local networks pass unchanged; a name of public servers passes with its public
 * addresses.
 */
export function allowedAddresses(
  hostname: string,
  resolved: Resolved,
  policy: HopPolicy,
): HopDecision {
  const isLocal = policy.isLocal ?? isLocalHost;
  const mustBePublic =
    policy.fromPublic || (resolved.source === "dns" && !isNameOfLocalNetwork(hostname));
  const addresses = mustBePublic
    ? resolved.addresses.filter((host) => !isLocal(host))
    : resolved.addresses;
  const isPublic = addresses.some((host) => !isLocal(host));
  return { addresses, fromPublic: policy.fromPublic || isPublic };
}

function isNameOfLocalNetwork(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/\.$/u, "");
  return !name.includes(".") || localEndings.some((ending) => name.endsWith(ending));
}

/** Whether public hosts may not redirect to it. Names count as local: a doubt refuses. */
function isLocalHost(host: string): boolean {
  return classifyAddress(host) !== "internet";
}
