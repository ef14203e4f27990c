// A worker's share of a rate limit, with the demand of its peers.

import type { DirectionShare } from "@troupe/messages";

import { HashBudget } from "./hash-budget.ts";

/** A share, with the peers that wait for it. */
export class Waiting {
  readonly share: DirectionShare;
  readonly hashes: HashBudget = new HashBudget();
  #weight = 0;
  #bytes = 0;

  constructor(share: DirectionShare) {
    this.share = share;
  }

  /** @param weight Weight of a peer that begins to wait; below 0 of a peer that ends. */
  change(weight: number, bytes: number): void {
    this.#weight += weight;
    this.#bytes += bytes;
    this.share.setWaiting(this.#weight, this.#bytes);
  }
}

/** A limit of a torrent or of a group in this worker. */
export interface ScopeLimits {
  readonly down: Waiting;
  readonly up: Waiting;
}

/** The limits of a torrent in this worker, without that of all torrents: its own limit, and that of its group. */
export interface TorrentLimits {
  readonly down: readonly Waiting[];
  readonly up: readonly Waiting[];
}

/** @returns Whether a share has a limit. */
export function isLimited(shares: readonly Waiting[]): boolean {
  for (const { share } of shares) if (share.rate > 0 || share.peerRate > 0) return true;
  return false;
}

/** @returns The least limit of each peer; 0 without one. */
export function peerRateOf(shares: readonly Waiting[]): number {
  let least = 0;
  for (const { share } of shares)
    if (share.peerRate > 0) least = Math.min(share.peerRate, least || Infinity);
  return least;
}
