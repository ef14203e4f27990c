// Messages between the owner of the peers' UDP port, a peer-worker, and the users of the port: the DHT worker and the
// engine, for its UDP trackers. A user that a new owner is linked to begins again with `use-port`.

import type { Cast } from "@troupe/actor-runtime";
import type { AddressFamily } from "@troupe/protocol/tracker";

/** A user gets the datagrams that its first byte tells: KRPC messages, or replies of trackers. */
export type PortUser = "dht" | "trackers";

/** A numeric UDP address. */
interface UdpAddress {
  readonly host: string;
  /** 1 to 65 535; 0 behind a proxy, which does not tell the port of its relay. */
  readonly port: number;
}

/** The UDP ports of our DHT node as the internet reaches them, by address family. Absent: no node. */
export interface DhtPorts {
  readonly ipv4?: number;
  readonly ipv6?: number;
}

/** Local addresses and ports to receive at. */
export interface UdpListen {
  /** The first IPv4 address and the first IPv6 address count; empty: all addresses of both families. */
  readonly hosts: readonly string[];
  /** Tried in order, for each family by itself; 0 lets the system pick. */
  readonly ports: readonly number[];
  /** Ports of the previous incarnation, tried first: others know them. */
  readonly last?: DhtPorts;
}

/** The open sockets. */
export interface UdpListening {
  /** At most one a family; the ports of the two may differ. */
  readonly sockets: readonly (UdpAddress & { readonly family: AddressFamily })[];
  /** Families without a socket. */
  readonly refused: readonly {
    readonly family: AddressFamily;
    /** The system's: `EADDRINUSE`, `EAFNOSUPPORT` … */
    readonly code: string;
    /** A sentence. */
    readonly message: string;
  }[];
}

/** The ports of open sockets by address family. */
export function dhtPortsOf(sockets: UdpListening["sockets"]): DhtPorts {
  return Object.fromEntries(
    sockets
      .filter(({ port }) => port !== 0)
      .map(({ family, port }) => [family === 4 ? "ipv4" : "ipv6", port]),
  );
}

/** From a user to the owner. */
export type PortProtocol = {
  /** `port-opened` follows once the port is open, and then datagrams of the user. */
  "use-port": Cast<{ readonly user: PortUser }>;
  /** A batch of `BatchWriter`: each datagram leaves from the socket of its family, or is refused. */
  "send-datagrams": Cast<{ readonly user: PortUser; readonly batch: Uint8Array }>;
  /** The batch of `datagrams-received` has been handled; the next one may come. */
  "datagrams-taken": Cast<{ readonly user: PortUser }>;
};

/** From the owner to a user. */
export type PortUserProtocol = {
  "port-opened": Cast<UdpListening>;
  /** A batch of `BatchWriter`: datagrams for the user, and refusals of those that it has sent. One at a time. */
  "datagrams-received": Cast<{ readonly batch: Uint8Array }>;
};
