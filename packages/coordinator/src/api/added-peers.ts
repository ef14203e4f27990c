import type { NamedPeer } from "@troupe/messages";

/** Peers that a new engine dials again; the oldest is forgotten. */
const addedPeersKept = 200;

/** Peers that were added by hand. */
export class AddedPeers {
  #peers: readonly NamedPeer[] = [];

  add(peer: NamedPeer): void {
    this.#peers = [...this.#peers, peer].slice(-addedPeersKept);
  }

  /** The oldest first. */
  get all(): readonly NamedPeer[] {
    return this.#peers;
  }
}
