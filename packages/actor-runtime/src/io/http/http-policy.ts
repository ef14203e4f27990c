// The first URL comes from the user or the torrent and may name a local host; no internet server may redirect us to a
// local host, or name it by its own DNS.

import { classifyAddress } from "@troupe/protocol";
import type { Resolved } from "../network/resolver.ts";

/** Names of local networks (RFC 6761, 6762, 8375 and common routers). */
const localEndings = [".localhost", ".local", ".lan", ".home", ".home.arpa", ".internal"];

/** Restrictions of a hop. */
export interface HopPolicy {
  /** After a public hop this host must not be local. */
  readonly fromPublic: boolean;
  /** For tests, where every address is local. */
  readonly isLocal?: (host: string) => boolean;
}

/** Decision on a hop. */
export interface HopDecision {
  /** Empty when refused. */
  readonly addresses: readonly string[];
  readonly fromPublic: boolean;
}

/**
 * Decides which of a host's addresses may be dialled: after a public hop, only public addresses. Otherwise numeric
 * hosts, the hosts file and local networks pass unchanged; a public name passes with its public addresses.
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

/** Names count as local: a doubt refuses. */
function isLocalHost(host: string): boolean {
  return classifyAddress(host) !== "internet";
}
