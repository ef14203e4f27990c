// The size of a swarm, from the Bloom filters of many nodes (BEP 33).

import type { DhtSwarm } from "@troupe/messages";
import {
  bloomFilterBytes,
  estimateAddresses,
  insertAddress,
  mayHaveAddress,
  mostFilterPeers,
  uniteFilters,
  type KrpcAnswer,
} from "@troupe/protocol/dht";

/** Addresses of nodes without filters that are counted; further ones are left out. */
const mostLooseAddresses = 2_000;
const portBytes = 2;

/** The filters of a round. */
export class SwarmFilters {
  readonly #seeds = new Uint8Array(bloomFilterBytes);
  readonly #leechers = new Uint8Array(bloomFilterBytes);
  /** Addresses that nodes without filters named. */
  readonly #loose: Uint8Array[] = [];
  #hasHeard = false;

  /** Undefined before a node has told anything. */
  get swarm(): DhtSwarm | undefined {
    if (!this.#hasHeard) return undefined;
    const leechers = this.#leechers.slice();
    // A seed must not count as a leecher too.
    for (const address of this.#loose)
      if (!mayHaveAddress(this.#seeds, address)) insertAddress(leechers, address);
    return {
      seeds: Math.round(estimateAddresses(this.#seeds)),
      leechers: Math.round(estimateAddresses(leechers)),
    };
  }

  /** A node has answered. A filter that is nearly full is left out: no node stores as many peers. */
  heard({ scrape, values, values6 }: KrpcAnswer): void {
    if (scrape !== undefined) {
      this.#unite(this.#seeds, scrape.seeds);
      this.#unite(this.#leechers, scrape.leechers);
      return;
    }
    this.#keep(values, 4);
    this.#keep(values6, 16);
  }

  #unite(filter: Uint8Array, other: Uint8Array): void {
    if (estimateAddresses(other) > mostFilterPeers) return;
    this.#hasHeard = true;
    uniteFilters(filter, other);
  }

  #keep(peers: Uint8Array | undefined, addressBytes: 4 | 16): void {
    if (peers === undefined) return;
    const peerBytes = addressBytes + portBytes;
    for (let at = 0; at + peerBytes <= peers.length; at += peerBytes) {
      if (this.#loose.length >= mostLooseAddresses) return;
      this.#hasHeard = true;
      this.#loose.push(peers.slice(at, at + addressBytes));
    }
  }
}
