/** An address of an interface. */
export interface InterfaceAddress {
  /** Numeric, without a zone. */
  readonly host: string;
  /** Addresses with the same leading bits are on the same link: 24 for 255.255.255.0. */
  readonly prefixLength: number;
  /** Loopback. */
  readonly isInternal: boolean;
}

/** A network interface that is up. */
export interface NetworkInterface {
  /** `eth0`; the zone of its link-local addresses. */
  readonly name: string;
  readonly addresses: readonly InterfaceAddress[];
}

/** The network interfaces of this machine. */
export interface Interfaces {
  /** At this moment; empty where the system does not tell. */
  list(): readonly NetworkInterface[];
  /** The number that the system gave an interface; another one after it was made anew. Undefined where it does not tell. */
  indexOf(name: string): number | undefined;
  /**
   * Our address on the route that the system would take to a numeric host at this moment; nothing is sent. Undefined
   * without a route.
   */
  sourceTo(host: string): string | undefined;
}
