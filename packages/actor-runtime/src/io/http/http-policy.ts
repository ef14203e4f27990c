// The first URL comes from the user or the torrent and may name a local host; no internet server may redirect us to a
// local host, or name it by its own DNS.

import {
  classifyAddress,
  isNameOfInternet,
  isNameOfLocalNetwork,
  isPrivateAddress,
} from "@troupe/protocol/address";
import { ActorError } from "../../failure.ts";
import type { MayDial } from "../../ports/http.ts";
import type { Resolved } from "../network/resolver.ts";

/** Restrictions of a hop. */
export interface HopPolicy {
  /** After a public hop this host must not be local. */
  readonly fromPublic: boolean;
  /** For tests, where every address is local. */
  readonly isLocal?: (host: string) => boolean;
  /** `internet`: a stranger has named the first URL. Default `any`. */
  readonly allow?: "any" | "internet";
  /** The caller's own rule; it also holds for the first hop. */
  readonly mayDial?: MayDial;
  /** The URL has a query. */
  readonly hasQuery?: boolean;
}

/** Decision on a hop. */
interface HopDecision {
  /** Empty when refused. */
  readonly addresses: readonly string[];
  readonly fromPublic: boolean;
}

/**
 * Decides which of a host's addresses may be dialled: after a public hop, only public addresses. Otherwise numeric
 * hosts, the hosts file and local networks pass unchanged; a public name passes with its public addresses. A URL that a
 * stranger has named reaches no service of this machine, and in a local network only documents: a query may be a command.
 */
export function allowedAddresses(
  hostname: string,
  resolved: Resolved,
  policy: HopPolicy,
): HopDecision {
  const isLocal = policy.isLocal ?? (resolved.source === "proxy" ? isLocalName : isLocalHost);
  const mustBePublic =
    policy.fromPublic || (resolved.source === "dns" && !isNameOfLocalNetwork(hostname));
  const mayBePrivate = policy.hasQuery !== true;
  const addresses = resolved.addresses.filter((host) => {
    if (policy.mayDial?.(host, hostname) === false) return false;
    if (!isLocal(host)) return true;
    if (mustBePublic) return false;
    return policy.allow !== "internet" || (mayBePrivate && isPrivateAddress(host));
  });
  const isPublic = addresses.some((host) => !isLocal(host));
  return { addresses, fromPublic: policy.fromPublic || isPublic };
}

/**
 * The addresses of a host that a first hop may dial, at least one.
 * @throws ActorError `name-refused`: a public name with only local addresses.
 */
export function firstHopAddresses(hostname: string, resolved: Resolved): readonly string[] {
  const { addresses } = allowedAddresses(hostname, resolved, { fromPublic: false });
  if (addresses.length > 0) return addresses;
  throw new ActorError("name-refused", {
    operation: "resolve",
    message: `cannot use the addresses of "${hostname}": its name is public and its address is local; a local host is named by its address`,
    details: { host: hostname },
  });
}

/** A name that a proxy looks up: its address is not known. */
function isLocalName(name: string): boolean {
  return !isNameOfInternet(name);
}

/** Names count as local: a doubt refuses. */
function isLocalHost(host: string): boolean {
  return classifyAddress(host) !== "internet";
}
