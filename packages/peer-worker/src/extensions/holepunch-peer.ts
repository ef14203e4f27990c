import type { HolepunchMessage } from "@troupe/protocol/peer";

import { maxHolepunchAnswers, maxRendezvous, offenceWindowMs } from "../limits.ts";
import { longAgoMs } from "../long-ago.ts";

/** The messages of `ut_holepunch` that a peer sends: how many of them are read (BEP 55). */
export class HolepunchPeer {
  /** Whether the engine knows that the peer offers the extension. */
  isReported = false;
  #countedSinceMs: number = longAgoMs;
  #rendezvous = 0;
  #answers = 0;

  /** @returns Whether this message is one of those in a minute that the engine hears of. */
  count({ kind }: Pick<HolepunchMessage, "kind">, nowMs: number): boolean {
    if (nowMs - this.#countedSinceMs >= offenceWindowMs) {
      this.#countedSinceMs = nowMs;
      this.#rendezvous = 0;
      this.#answers = 0;
    }
    if (kind === "rendezvous") return ++this.#rendezvous <= maxRendezvous;
    return ++this.#answers <= maxHolepunchAnswers;
  }
}
