/**
 * Addresses of all torrents of an engine; about 250 bytes each. A thousand torrents with lying trackers must not fill
 * the memory.
 */
const sharedLimit = 200_000;
/** A torrent may know this many even beyond the shared limit. */
const leastEach = 200;

/** Counts the addresses of all directories of one engine. */
export class AddressBudget {
  #used = 0;

  /** @param own Addresses in the asking directory. */
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
