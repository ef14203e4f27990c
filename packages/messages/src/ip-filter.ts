import { AddressRanges } from "./layouts/address-ranges.ts";

/** The IP filter of a thread: addresses that are neither dialled nor accepted. A new list replaces the old one whole. */
export class IpFilter {
  #ranges: AddressRanges | undefined;

  /** @param memory Shared by all threads: layouts/address-ranges.ts. Undefined: no filter. */
  constructor(memory?: SharedArrayBuffer) {
    this.set(memory);
  }

  get memory(): SharedArrayBuffer | undefined {
    return this.#ranges?.memory;
  }

  /** Ranges of the list. */
  get count(): number {
    return this.#ranges?.count ?? 0;
  }

  set(memory: SharedArrayBuffer | undefined): void {
    this.#ranges = memory && new AddressRanges(memory);
  }

  /** @param host A numeric address; names are in no list. */
  has(host: string): boolean {
    return this.#ranges?.has(host) === true;
  }
}
