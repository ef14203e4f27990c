import { dialable } from "@troupe/api-base";

type Peer = ReturnType<typeof dialable>;

/** Peers that a new engine dials again; the oldest is forgotten. */
const mostKept = 200;

/** Peers that were added by hand. */
export class AddedPeers {
  #peers: readonly Peer[] = [];

  /** @returns The peer as it is dialled. */
  add(peer: Parameters<typeof dialable>[0]): Peer {
    const added = dialable(peer);
    this.#peers = [...this.#peers, added].slice(-mostKept);
    return added;
  }

  /** The oldest first. */
  get all(): readonly Peer[] {
    return this.#peers;
  }
}
