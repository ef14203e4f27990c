// The addresses that clients announce from.

import { canonicalHost, ip4Number } from "@troupe/protocol";
import type { Share } from "../../plan/plan.ts";

const unknown = -1;

/** Gives the local address of a client; undefined: the system's choice. */
export type HostOf = (member: number) => string | undefined;

/** The address of each client of a group, of all generators. */
export class ClientPlaces {
  readonly #hosts: readonly (string | undefined)[];
  /** Of IPv4, as numbers of 32 bits, for quick comparisons. */
  readonly #ip4s: Float64Array;

  constructor(count: number, hostOf: HostOf) {
    this.#hosts = Array.from({ length: count }, (_, member) => {
      const host = hostOf(member);
      return host === undefined ? undefined : canonicalHost(host);
    });
    this.#ip4s = Float64Array.from(this.#hosts, (host) => ip4Number(host ?? "") ?? unknown);
  }

  hostOf(member: number): string | undefined {
    return this.#hosts[member];
  }

  /** @returns Whether the client may announce from this address: also if its own is not known. */
  isAtIp4(member: number, ip4: number): boolean {
    const own = this.#ip4s[member] ?? unknown;
    return own === ip4 || (own === unknown && this.#hosts[member] === undefined);
  }

  /** @returns As {@link isAtIp4}, by text. */
  isAt(member: number, host: string): boolean {
    const own = this.#hosts[member];
    return own === undefined || own === host;
  }
}

/** Source addresses of one family: an address of another one cannot reach the target. */
export function sourcesOfFamily(
  sourceOf: (peer: number) => string | undefined,
  family: 4 | 6,
): HostOf {
  return (peer) => {
    const host = sourceOf(peer);
    return host !== undefined && host.includes(":") === (family === 6) ? host : undefined;
  };
}

/** Sockets of a generator over UDP: a socket for each client would be too many. */
export const maxUdpSockets = 64;

/** Clients of a generator that speak through the same socket, and so come from the same address. */
export class UdpSocketShares {
  readonly #count: number;
  readonly #share: Share;

  constructor(count: number, share: Share) {
    this.#count = count;
    this.#share = share;
  }

  /** Sockets of this generator. */
  get socketCount(): number {
    return this.#socketsOf(this.#share.index);
  }

  /** @returns The socket of a client of this generator. */
  socketOf(member: number): number {
    return this.#socketIn(member, this.#share.index);
  }

  /** @returns The client whose address a socket of this generator has. */
  ownerOf(socket: number): number {
    return this.#share.index + socket * this.#share.of;
  }

  /** @returns The client whose address the announces of a client come from, of any generator. */
  addressOwnerOf(member: number): number {
    const index = member % this.#share.of;
    return index + this.#socketIn(member, index) * this.#share.of;
  }

  #socketIn(member: number, index: number): number {
    return Math.floor(member / this.#share.of) % this.#socketsOf(index);
  }

  #socketsOf(index: number): number {
    const members = Math.ceil((this.#count - index) / this.#share.of);
    return Math.max(1, Math.min(maxUdpSockets, members));
  }
}
