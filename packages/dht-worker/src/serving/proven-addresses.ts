import { RecentMap } from "./recent-map.ts";
import type { SenderKey } from "./sender.ts";

/** At 100 queries a second, more addresses can answer in ten minutes: the older ones count as unproven. */
const maxProven = 16_384;
const provenMs = 600_000;
/** A proof of this age is renewed; a younger one stays as it is. */
const renewAfterMs = 60_000;

/**
 * Senders that own the address they send from: they have answered a query of ours, or shown a token that went to that
 * address. A forged address gets no place here, so a flood of them displaces none.
 */
export class ProvenAddresses {
  readonly #provenAtMs = new RecentMap<SenderKey, number>(maxProven);

  /** @param senderKey See `Sender`. */
  prove(senderKey: SenderKey, nowMs: number): void {
    const atMs = this.#provenAtMs.get(senderKey);
    if (atMs === undefined || nowMs - atMs >= renewAfterMs) this.#provenAtMs.set(senderKey, nowMs);
  }

  /** @returns Whether the sender was proven within ten minutes. */
  isProven(senderKey: SenderKey, nowMs: number): boolean {
    const atMs = this.#provenAtMs.get(senderKey);
    return atMs !== undefined && nowMs - atMs < provenMs;
  }
}
