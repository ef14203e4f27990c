import type { Proxy } from "@troupe/protocol/proxy";
import type { Address } from "./sockets.ts";

/** Rules for the names and the HTTP requests of a host's threads. */
export interface NetworkRules {
  /** Families whose addresses are found and dialled, the preferred one first; at least one. */
  readonly families: readonly (4 | 6)[];
  /** `user-agent` of HTTP requests. */
  readonly userAgent: string;
  /** The name servers that are asked, at least one. Absent: those of the system. */
  readonly dns?: readonly Address[];
  /** Absent: connections, datagrams and look-ups leave directly. */
  readonly proxy?: ProxyRule;
  /** Absent: the system chooses the interface of each connection and datagram. */
  readonly interface?: InterfaceRule;
}

/** The interface that every socket and look-up is bound to. */
export interface InterfaceRule {
  /** `wg0`. */
  readonly name: string;
  /** Refuses where the system cannot bind sockets to a device. */
  readonly isStrict: boolean;
  /**
   * The addresses of the interface that sockets use, the preferred one first; `0.0.0.0` and `::` are all of their family.
   * Absent: all addresses.
   */
  readonly hosts?: readonly string[];
}

/** A proxy, and the calls that go through it. */
export interface ProxyRule extends Proxy {
  /** `all`: every connection, datagram, look-up and request. `viaProxy`: those of `Ports.viaProxy` alone. */
  readonly use: "all" | "viaProxy";
}
