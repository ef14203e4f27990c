// How many addresses all torrents may know together: a thousand torrents with lying trackers must not fill the memory.

/** Addresses of all torrents of an engine; about 250 bytes each. */
const sharedLimit = 200_000;
/** Beyond that a torrent may still know this many. */
const leastEach = 200;

/** Counts the addresses of all directories of one engine. */
export class AddressBudget {
  #used = 0;

  /** @param own Addresses that the asking directory knows. */
  mayAdd(own: number): boolean {
    return this.#used < sharedLimit || own < leastEach;
  }

  added(): void {
    this.#used++;
  }

  removed(count = 1): void {
    this.#used -= count;
  }
}
