import { WindowCount } from "@troupe/actor-runtime";
import type { HolepunchMessage } from "@troupe/protocol/peer";

import { maxHolepunchAnswers, maxRendezvous, offenceWindowMs } from "../limits.ts";

/** The messages of `ut_holepunch` that a peer sends: how many of them are read (BEP 55). */
export class HolepunchPeer {
  /** Whether the engine knows that the peer offers the extension. */
  isReported = false;
  readonly #rendezvous = new WindowCount(maxRendezvous, offenceWindowMs);
  readonly #answers = new WindowCount(maxHolepunchAnswers, offenceWindowMs);

  /** @returns Whether this message is one of those in a minute that the engine hears of. */
  count({ kind }: Pick<HolepunchMessage, "kind">, nowMs: number): boolean {
    return (kind === "rendezvous" ? this.#rendezvous : this.#answers).take(nowMs);
  }
}
