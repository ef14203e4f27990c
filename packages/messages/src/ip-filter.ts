import { AddressRanges } from "./layouts/address-ranges.ts";

/** The addresses that are neither dialled nor accepted, in memory that all threads share: layouts/address-ranges.ts. */
export interface FilterMemory {
  /** Ranges of the list of the user. Absent: no list. */
  readonly ranges?: SharedArrayBuffer;
  /** Ranges of the user's that the list does not filter. Absent: none. */
  readonly allowed?: SharedArrayBuffer;
  /** Ranges that the user bans, allowed or not. Absent: none. */
  readonly bans?: SharedArrayBuffer;
}

/** The IP filter of a thread: addresses that are neither dialled nor accepted. A new list replaces the old one whole. */
export class IpFilter {
  #memory: FilterMemory = {};
  #ranges: AddressRanges | undefined;
  #allowed: AddressRanges | undefined;
  #bans: AddressRanges | undefined;

  constructor(memory: FilterMemory = {}) {
    this.set(memory);
  }

  get memory(): FilterMemory {
    return this.#memory;
  }

  /** Ranges of the list. */
  get count(): number {
    return this.#ranges?.count ?? 0;
  }

  set(memory: FilterMemory): void {
    const { ranges, allowed, bans } = memory;
    if (ranges !== this.#ranges?.memory) this.#ranges = ranges && new AddressRanges(ranges);
    if (allowed !== this.#allowed?.memory) this.#allowed = allowed && new AddressRanges(allowed);
    if (bans !== this.#bans?.memory) this.#bans = bans && new AddressRanges(bans);
    this.#memory = {
      ...(ranges !== undefined && { ranges }),
      ...(allowed !== undefined && { allowed }),
      ...(bans !== undefined && { bans }),
    };
  }

  /** @param host A numeric address; names are in no list. */
  has(host: string): boolean {
    if (this.#ranges?.has(host) === true && this.#allowed?.has(host) !== true) return true;
    return this.#bans?.has(host) === true;
  }
}
