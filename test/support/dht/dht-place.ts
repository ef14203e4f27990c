// The place of a DHT node on a machine of a test network, and the nodes that it asks first.

import type { PeerAddress } from "@troupe/protocol/address";
import type { NetworkClient } from "../network.ts";
import type { DhtFamily } from "./dht-node.ts";

/** Port of each node, on a machine of its own. Its TCP listener has the same. */
const dhtPort = 6881;

/** Local addresses and port of a node, and other nodes. */
export interface DhtPlace extends Pick<NetworkClient, "ip4" | "ip6"> {
  readonly port: number;
  /** Nodes of both families. */
  readonly nodes: readonly PeerAddress[];
}

/** The place of the node of a machine. */
export function dhtPlaceOn({ ip4, ip6 }: NetworkClient, nodes: readonly PeerAddress[]): DhtPlace {
  return { ip4, ip6, port: dhtPort, nodes };
}

/** The address of the node of a machine, and of the peer that it announces. */
export function dhtAddress({ ip4, ip6 }: NetworkClient, family: DhtFamily): PeerAddress {
  return { host: family === 4 ? ip4 : ip6, port: dhtPort };
}
