import { peersThatFit, type DescriptorBudget } from "@troupe/messages";

/** Shared memory of a torrent's peers in one peer-worker: with two million pieces a peer takes 250 KB of it. */
const tableBytesLimit = 64 * 1024 * 1024;

/** The most connections that an option allows. */
const mostConnections = 10_000;

/** Open web seeds of a torrent. */
export const webSeedsAtOnce = 3;

/** The bounds on a torrent's connections. */
export class PeerLimits {
  readonly #descriptors: DescriptorBudget;
  #pieceCount = 0;
  #most = 0;
  /** Connections to peers that the tables have room for. */
  maxPeers = 0;
  /** The user's bound, if lower. */
  peerLimit = 0;

  constructor(descriptors: DescriptorBudget) {
    this.#descriptors = descriptors;
  }

  /** Rows of the tables: web seeds take no place of a peer. */
  get rows(): number {
    return this.maxPeers + webSeedsAtOnce;
  }

  /** Rows that the tables can grow to. */
  get mostRows(): number {
    return this.#most + webSeedsAtOnce;
  }

  /** Only while no worker has a table of the torrent. */
  sizeTables(asked: number, pieceCount = 0): void {
    this.#pieceCount = pieceCount;
    const fitting = Math.max(1, peersThatFit(pieceCount, tableBytesLimit) - webSeedsAtOnce);
    this.#most = Math.min(mostConnections, fitting, this.#descriptors.peers);
    this.maxPeers = Math.min(asked, this.#most);
    this.peerLimit = this.maxPeers;
  }

  /** Sets the bound during a run. @returns Whether the tables must grow. */
  setBound(asked: number): boolean {
    const before = this.maxPeers;
    this.maxPeers = Math.max(before, Math.min(asked, this.#most));
    this.peerLimit = Math.min(asked, this.maxPeers);
    return this.maxPeers > before;
  }

  warnings(asked: number): string[] {
    const { maxPeers } = this;
    if (maxPeers === asked) return [];
    const { peers, limit } = this.#descriptors;
    if (maxPeers === peers) {
      return [
        `${maxPeers} connections at most, not ${asked}: this process may have only ${limit} files and sockets open (ulimit -n)`,
      ];
    }
    return [
      `${maxPeers} connections at most, not ${asked}: with ${this.#pieceCount} pieces more would take too much memory`,
    ];
  }
}
