// The sources of addresses, and the rules of each. A source may lie: an address of a stranger may be a victim's, or lead
// into the home network.

import type { AddressSource } from "@troupe/messages";

/** The rules for addresses of a source. */
interface SourceRules {
  /** The source may name loopback, private and link-local addresses. */
  readonly mayNameLocal: boolean;
  /** The source proves nothing: its addresses are dialled under the bounds of unverified ones until they are met. */
  readonly isUnverified: boolean;
  /** The source names its own address alone, which tells the hosts of an IPv6 /64 apart. */
  readonly namesItself: boolean;
  /** The user has chosen the address: the bounds on dials of strangers' addresses do not hold. */
  readonly isUsersChoice: boolean;
  /** A private torrent forgets addresses that such sources alone have named. */
  readonly isForeignToPrivate: boolean;
  /**
   * For a known address that failed: it is dialled `at-once`, or an `earlier` dial is due, or the source changes
   * `nothing`.
   */
  readonly redial: "at-once" | "earlier" | "nothing";
}

/** The rules of each source. */
export const sourceRules: Readonly<Record<AddressSource, SourceRules>> = {
  user: rules({ mayNameLocal: true, isUsersChoice: true, redial: "at-once" }),
  // The gate of links has left out the local addresses that a link may not name.
  magnet: rules({ mayNameLocal: true, isUsersChoice: true, redial: "at-once" }),
  record: rules({ mayNameLocal: true, redial: "earlier" }),
  "tracker-local": rules({ mayNameLocal: true, redial: "earlier" }),
  "tracker-internet": rules({ redial: "earlier" }),
  "pex-local": rules({ mayNameLocal: true, isUnverified: true, isForeignToPrivate: true }),
  "pex-internet": rules({ isUnverified: true, isForeignToPrivate: true }),
  // The neighbour that returns announces itself.
  "local-discovery": rules({
    mayNameLocal: true,
    isUnverified: true,
    namesItself: true,
    isForeignToPrivate: true,
    redial: "earlier",
  }),
  "dht-local": rules({ mayNameLocal: true, isUnverified: true, isForeignToPrivate: true }),
  "dht-internet": rules({ isUnverified: true, isForeignToPrivate: true }),
};

/** All sources. */
export const addressSources = Object.keys(sourceRules) as AddressSource[];

/** Whether trackers are the source: its origins are their URLs. */
export function isTracker(source: AddressSource): boolean {
  return source === "tracker-local" || source === "tracker-internet";
}

function rules(given: Partial<SourceRules>): SourceRules {
  return {
    mayNameLocal: false,
    isUnverified: false,
    namesItself: false,
    isUsersChoice: false,
    isForeignToPrivate: false,
    redial: "nothing",
    ...given,
  };
}
