import { addressKey } from "@troupe/protocol/address";
import type { ScrapeCounts } from "@troupe/protocol/tracker";

/** A peer as announced. */
export interface TrackedPeer {
  /** Numeric; IPv6 without brackets, IPv4-mapped addresses as IPv4. */
  readonly host: string;
  readonly port: number;
  readonly family: 4 | 6;
  /** 20 bytes, as the peer chose them. */
  readonly peerId: Uint8Array;
  /** 0 for a seed. */
  readonly leftBytes: number;
}

interface Entry {
  peer: TrackedPeer;
  announcedAtMs: number;
  /** Position in the array of random picks. */
  index: number;
}

/** The peers of a torrent. Beyond `maxPeers` a new peer replaces the peer that announced longest ago. */
export class Swarm {
  readonly #maxPeers: number;
  /** The least recently announced first. */
  readonly #byAddress = new Map<string, Entry>();
  /** Without order or holes, for random picks in one step. */
  readonly #entries: Entry[] = [];
  #seeds = 0;

  /** `completed` events since the swarm was made. */
  timesCompleted = 0;

  constructor(maxPeers: number) {
    this.#maxPeers = maxPeers;
  }

  get peerCount(): number {
    return this.#entries.length;
  }

  get seedCount(): number {
    return this.#seeds;
  }

  /** Seeds, `completed` events, leechers. */
  counts(): ScrapeCounts {
    return {
      complete: this.#seeds,
      downloaded: this.timesCompleted,
      incomplete: this.#entries.length - this.#seeds,
    };
  }

  /** Adds or renews a peer as the youngest. */
  announce(peer: TrackedPeer, nowMs: number): void {
    const key = addressKey(peer.host, peer.port);
    this.#remove(key);
    if (this.#entries.length >= this.#maxPeers) this.dropOldest();
    const entry = { peer, announcedAtMs: nowMs, index: this.#entries.length };
    this.#entries.push(entry);
    this.#byAddress.set(key, entry);
    if (peer.leftBytes === 0) this.#seeds++;
  }

  leave({ host, port }: { readonly host: string; readonly port: number }): void {
    this.#remove(addressKey(host, port));
  }

  dropOldest(): void {
    for (const key of this.#byAddress.keys()) {
      this.#remove(key);
      return;
    }
  }

  /** Drops peers that announced before `limitMs`. */
  expire(limitMs: number): void {
    for (const [key, entry] of this.#byAddress) {
      if (entry.announcedAtMs >= limitMs) return;
      this.#remove(key);
    }
  }

  /**
   * Up to `count` other peers from a random start. A seed gets no seeds.
   *
   * @param randomInteger Uniform integer in [0, below). @param family Family of the peers; any by default.
   */
  pick(
    asker: TrackedPeer,
    count: number,
    randomInteger: (below: number) => number,
    family?: 4 | 6,
  ): TrackedPeer[] {
    const picked: TrackedPeer[] = [];
    const total = this.#entries.length;
    if (total === 0) return picked;
    const first = randomInteger(total);
    for (let step = 0; step < total && picked.length < count; step++) {
      const peer = this.#entries[(first + step) % total]?.peer;
      if (peer === undefined || isSameAddress(peer, asker)) continue;
      if (asker.leftBytes === 0 && peer.leftBytes === 0) continue;
      if (family !== undefined && peer.family !== family) continue;
      picked.push(peer);
    }
    return picked;
  }

  /** The least recently announced first. */
  peers(): TrackedPeer[] {
    return Array.from(this.#byAddress.values(), (entry) => entry.peer);
  }

  #remove(key: string): void {
    const entry = this.#byAddress.get(key);
    if (entry === undefined) return;
    this.#byAddress.delete(key);
    if (entry.peer.leftBytes === 0) this.#seeds--;
    // The last entry fills the gap.
    const last = this.#entries.pop();
    if (last === undefined || last === entry) return;
    last.index = entry.index;
    this.#entries[entry.index] = last;
  }
}

function isSameAddress(left: TrackedPeer, right: TrackedPeer): boolean {
  return left.port === right.port && left.host === right.host;
}
