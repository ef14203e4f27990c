import type { PexPeer } from "@troupe/protocol/peer";

import { longAgoMs } from "../long-ago.ts";
import { maxFirstPeersNamed, maxPeersNamed, offenceWindowMs } from "../limits.ts";

/** The messages of `ut_pex` that a peer sends: how much of them is used (BEP 11). */
export class NamedPeers {
  /** Named before the admission: of the messages of a few seconds. */
  waiting: PexPeer[] | undefined;
  #hasNamed = false;
  #countedSinceMs: number = longAgoMs;
  #counted = 0;

  /** @returns How many peers of the next message may be used. */
  room(nowMs: number): number {
    if (!this.#hasNamed) return maxFirstPeersNamed;
    if (nowMs - this.#countedSinceMs >= offenceWindowMs) {
      this.#countedSinceMs = nowMs;
      this.#counted = 0;
    }
    return maxPeersNamed - this.#counted;
  }

  /** Peers of a message were used, as many as there was room for at most. */
  used(count: number): void {
    if (this.#hasNamed) this.#counted += count;
    this.#hasNamed = true;
  }
}
