// Which addresses a request may go to. The first URL is the user's or the torrent's and may name a local host;
// nobody on the internet may send us to one, neither by a redirect nor by a name that he owns.

import { classifyAddress } from "@troupe/protocol";
import type { Resolved } from "../network/resolver.ts";

/** Endings of names that only a local network gives out (RFC 6761, 6762, 8375 and common routers). */
const localEndings = [".localhost", ".local", ".lan", ".home", ".home.arpa", ".internal"];

/** What one hop of a request is allowed. */
export interface HopPolicy {
  /** An earlier hop was a public host: this one must not be local. */
  readonly fromPublic: boolean;
  /** Replaced in tests, where every address is local. */
  readonly isLocal?: (host: string) => boolean;
}

/** What became of the addresses of a hop. */
export interface HopDecision {
  /** The addresses that may be dialled; empty when the hop is refused. */
  readonly addresses: readonly string[];
  /** What the next hop's policy is told. */
  readonly fromPublic: boolean;
}

/**
 * Decides which of a host's addresses may be dialled.
 *
 * After a public hop only public addresses pass. Otherwise numeric hosts, names from the hosts file and names of local
 * networks pass as they are; a name that only public servers give out passes with its public addresses.
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

/** Whether no public host may send a request there. A name counts as local: a doubt refuses. */
function isLocalHost(host: string): boolean {
  return classifyAddress(host) !== "internet";
}
