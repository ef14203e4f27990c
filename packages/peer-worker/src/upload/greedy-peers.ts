import { peerIdText } from "@troupe/protocol";
import { maxGreedyPeers } from "../limits.ts";

/**
 * Peer ids of peers closed because they requested too much while they owed us blocks: later the two sides
 * take turns.
 */
export class GreedyPeers {
  readonly #ids: Set<string> = new Set<string>();

  add(peerId: Uint8Array): void {
    if (this.#ids.size === maxGreedyPeers) {
      const [oldest = ""] = this.#ids;
      this.#ids.delete(oldest);
    }
    this.#ids.add(peerIdText(peerId));
  }

  has(peerId: Uint8Array): boolean {
    return this.#ids.size > 0 && this.#ids.has(peerIdText(peerId));
  }
}
