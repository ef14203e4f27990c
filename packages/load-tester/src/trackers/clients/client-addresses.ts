// The addresses that clients announce from.

import { canonicalHost, ip4Number } from "@troupe/protocol/address";

const unknown = -1;

/** Gives the local address of a client; undefined: the system's choice. */
export type HostOf = (member: number) => string | undefined;

/** The address of each client of a group, of all generators. */
export class ClientAddresses {
  readonly #hosts: readonly (string | undefined)[];
  /** IPv4 addresses as numbers of 32 bits, for quick comparisons. */
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

  /** @returns The answer of {@link isAtIp4}, by text. */
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
