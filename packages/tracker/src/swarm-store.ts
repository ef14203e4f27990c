// All the swarms of a tracker within fixed bounds: the torrent that was announced longest ago goes first.

import { Swarm } from "./swarm.ts";
import type { TrackedPeer } from "./swarm.ts";

/** What a store may hold. */
export interface StoreBounds {
  readonly maxTorrents: number;
  readonly maxPeersPerTorrent: number;
  /** Peers in all swarms together. */
  readonly maxPeers: number;
  /** A peer that did not announce for this long is forgotten. */
  readonly expiryMs: number;
}

/** Swarms by info-hash. Every method looks at `nowMs` first, so that nothing expired is ever counted. */
export class SwarmStore {
  readonly #bounds: StoreBounds;
  /** By info-hash in hex, the least recently announced first. */
  readonly #swarms = new Map<string, Swarm>();
  #peerCount = 0;

  constructor(bounds: StoreBounds) {
    this.#bounds = bounds;
  }

  /** Takes the peer into its swarm, makes room where a bound is reached, and returns the swarm. */
  announce(infoHash: string, peer: TrackedPeer, nowMs: number): Swarm {
    const swarm = this.find(infoHash, nowMs) ?? new Swarm(this.#bounds.maxPeersPerTorrent);
    this.#changeSwarm(swarm, () => swarm.announce(peer, nowMs));
    this.#makeYoungest(infoHash, swarm);
    this.#keepWithinBounds(swarm);
    return swarm;
  }

  /** Forgets the peer. An empty swarm stays for its counter of completed downloads, within the bounds. */
  leave(infoHash: string, peer: TrackedPeer, nowMs: number): Swarm | undefined {
    const swarm = this.find(infoHash, nowMs);
    if (swarm !== undefined) this.#changeSwarm(swarm, () => swarm.leave(peer));
    return swarm;
  }

  /** The swarm without its expired peers, or undefined for a torrent that nobody announced. */
  find(infoHash: string, nowMs: number): Swarm | undefined {
    const swarm = this.#swarms.get(infoHash);
    if (swarm !== undefined) {
      this.#changeSwarm(swarm, () => swarm.expire(nowMs - this.#bounds.expiryMs));
    }
    return swarm;
  }

  /** Every known torrent, the least recently announced first. */
  infoHashes(): string[] {
    return [...this.#swarms.keys()];
  }

  #makeYoungest(infoHash: string, swarm: Swarm): void {
    this.#swarms.delete(infoHash);
    this.#swarms.set(infoHash, swarm);
  }

  #keepWithinBounds(announced: Swarm): void {
    for (const [infoHash, oldest] of this.#swarms) {
      const tooManyTorrents = this.#swarms.size > this.#bounds.maxTorrents;
      if (!tooManyTorrents && this.#peerCount <= this.#bounds.maxPeers) return;
      if (oldest === announced) break;
      this.#swarms.delete(infoHash);
      this.#peerCount -= oldest.peerCount;
    }
    while (this.#peerCount > this.#bounds.maxPeers && announced.peerCount > 1) {
      this.#changeSwarm(announced, () => announced.dropOldest());
    }
  }

  /** Runs a change of one swarm and keeps the sum of all peers right. */
  #changeSwarm(swarm: Swarm, change: () => void): void {
    const before = swarm.peerCount;
    change();
    this.#peerCount += swarm.peerCount - before;
  }
}
