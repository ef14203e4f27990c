// Sockets of a generator over UDP: a socket for each of twenty thousand members would be too many.

import type { Share } from "../plan/plan.ts";

/** Members of a generator that speak through the same socket, and so come from the same address. */
export class SocketPool {
  readonly #count: number;
  readonly #share: Share;
  readonly #mostSockets: number;

  /** @param count Members of the group, of all generators. @param mostSockets Bound of a generator. */
  constructor(count: number, share: Share, mostSockets: number) {
    this.#count = count;
    this.#share = share;
    this.#mostSockets = mostSockets;
  }

  /** Sockets of this generator. */
  get socketCount(): number {
    return this.#socketsOf(this.#share.index);
  }

  /** @returns The socket of a member of this generator. */
  socketOf(member: number): number {
    return this.#socketIn(member, this.#share.index);
  }

  /** @returns The member whose address a socket of this generator has. */
  ownerOf(socket: number): number {
    return this.#share.index + socket * this.#share.of;
  }

  /** @returns The member whose address the announces of a member come from, of any generator. */
  addressOwnerOf(member: number): number {
    const index = member % this.#share.of;
    return index + this.#socketIn(member, index) * this.#share.of;
  }

  #socketIn(member: number, index: number): number {
    return Math.floor(member / this.#share.of) % this.#socketsOf(index);
  }

  #socketsOf(index: number): number {
    const members = Math.ceil((this.#count - index) / this.#share.of);
    return Math.max(1, Math.min(this.#mostSockets, members));
  }
}
