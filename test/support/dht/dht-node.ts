// A DHT node of any client, on a machine of a test network.

import type { NetworkClient } from "../network.ts";

/** The DHTs of IPv4 and IPv6 (BEP 32). */
export type DhtFamily = 4 | 6;

/** A client with a DHT. */
export type DhtKind = "Troupe" | "bittorrent-dht" | "libtorrent" | "aria2" | "Transmission";

/** A peer that the DHT knows: on a machine, at the port of all nodes. */
export interface AnnouncedPeer {
  readonly machine: NetworkClient;
  /** 40 hex digits. */
  readonly infoHash: string;
}

/** A running node. It announces itself as a peer of one info-hash, which no other node announces by itself. */
export interface DhtNode extends AnnouncedPeer, AsyncDisposable {
  readonly kind: DhtKind;
  /** Settles when this node has got the address of a peer of an info-hash from the DHT. */
  finds(peer: AnnouncedPeer, family: DhtFamily): Promise<void>;
}

/** The families that a client speaks. */
export function familiesOf(kind: DhtKind): readonly DhtFamily[] {
  return kind === "bittorrent-dht" ? [4] : [4, 6];
}
