/**
 * Addresses of an engine's torrents; about 250 bytes each. A thousand torrents with lying trackers must not fill the
 * memory.
 */
const sharedLimit = 200_000;
/** A torrent may always know this many. */
const leastEach = 200;

/** Counts the addresses of an engine's directories. */
export class AddressBudget {
  #used = 0;

  /** @param own Addresses in the asking directory. */
  mayAdd(own: number): boolean {
    return this.#used < sharedLimit || own < leastEach;
  }

  /** Unverified addresses fill half of the limit at most, so that liars leave room for the addresses of trackers. */
  mayAddUnverified(): boolean {
    return 2 * this.#used < sharedLimit;
  }

  added(): void {
    this.#used++;
  }

  removed(count = 1): void {
    this.#used -= count;
  }
}
