import type { ScrapeCounts } from "@troupe/protocol/tracker";
import { Swarm, type TrackedPeer } from "./swarm.ts";

/** Bounds of a store. */
export interface StoreBounds {
  readonly maxTorrents: number;
  readonly maxPeersPerTorrent: number;
  /** In all swarms together. */
  readonly maxPeers: number;
  /** Without an announce for this long a peer is dropped. */
  readonly expiryMs: number;
}

/**
 * Swarms by info-hash, bounded: the torrent announced longest ago is dropped first. Every method first drops the peers
 * expired at `nowMs`.
 */
export class SwarmStore {
  readonly #bounds: StoreBounds;
  /** By info-hash in hex, the least recently announced first. */
  readonly #swarms = new Map<string, Swarm>();
  #peerCount = 0;

  constructor(bounds: StoreBounds) {
    this.#bounds = bounds;
  }

  /** Adds or renews the peer and drops the oldest beyond the bounds. */
  announce(infoHash: string, peer: TrackedPeer, nowMs: number): Swarm {
    const swarm = this.find(infoHash, nowMs) ?? new Swarm(this.#bounds.maxPeersPerTorrent);
    this.#changeSwarm(swarm, () => swarm.announce(peer, nowMs));
    this.#swarms.delete(infoHash);
    this.#swarms.set(infoHash, swarm);
    this.#keepWithinBounds(swarm);
    return swarm;
  }

  /** An empty swarm keeps its counter of completed downloads, within the bounds. */
  leave(infoHash: string, peer: TrackedPeer, nowMs: number): Swarm | undefined {
    const swarm = this.find(infoHash, nowMs);
    if (swarm !== undefined) this.#changeSwarm(swarm, () => swarm.leave(peer));
    return swarm;
  }

  /** Undefined for an unknown torrent. */
  find(infoHash: string, nowMs: number): Swarm | undefined {
    const swarm = this.#swarms.get(infoHash);
    if (swarm !== undefined) {
      this.#changeSwarm(swarm, () => swarm.expire(nowMs - this.#bounds.expiryMs));
    }
    return swarm;
  }

  /** Counts of a torrent; 0 of an unknown torrent. */
  counts(infoHash: string, nowMs: number): ScrapeCounts {
    return this.find(infoHash, nowMs)?.counts() ?? { complete: 0, downloaded: 0, incomplete: 0 };
  }

  /** The least recently announced first. */
  infoHashes(): string[] {
    return [...this.#swarms.keys()];
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

  /** Keeps the total of peers up to date. */
  #changeSwarm(swarm: Swarm, change: () => void): void {
    const before = swarm.peerCount;
    change();
    this.#peerCount += swarm.peerCount - before;
  }
}
