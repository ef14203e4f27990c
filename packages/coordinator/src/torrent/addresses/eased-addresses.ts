// Addresses that a torrent has dialled, or at which a peer has answered: fewer bounds hold for them in all other torrents,
// which may hold them.

import type { KnownAddress } from "./known-address.ts";

/** More than are dialled between two looks of a torrent. */
const keptLimit = 1_000;

/** An address without its state. */
export type HostAndPort = Pick<KnownAddress, "host" | "port">;

/** The latest of these addresses, numbered. */
export class EasedAddresses {
  readonly #latest: HostAndPort[] = [];
  /** The number of the next address. */
  #end = 0;

  get end(): number {
    return this.#end;
  }

  add({ host, port }: HostAndPort): void {
    this.#latest[this.#end++ % keptLimit] = { host, port };
  }

  /** The addresses from this number on, as far as they are kept. */
  *since(number: number): Iterable<HostAndPort> {
    for (let at = Math.max(number, this.#end - keptLimit); at < this.#end; at++) {
      const address = this.#latest[at % keptLimit];
      if (address !== undefined) yield address;
    }
  }
}
