import { maxGreedyPeers } from "../limits.ts";

/**
 * Peer ids of peers closed because they requested too much while they owed us blocks: later the two sides
 * take turns.
 */
export class GreedyPeers {
  readonly #ids: Set<string> = new Set<string>();

  /** @param peerId Text of a character a byte. */
  add(peerId: string): void {
    if (this.#ids.size === maxGreedyPeers) {
      const [oldest = ""] = this.#ids;
      this.#ids.delete(oldest);
    }
    this.#ids.add(peerId);
  }

  has(peerId: string): boolean {
    return this.#ids.has(peerId);
  }
}
