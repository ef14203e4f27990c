import { RecentMap } from "./recent-map.ts";

/** At 100 queries a second more addresses could answer; those that did not lately count as unproven. */
const maxProven = 16_384;
const provenMs = 600_000;
/** A proof of this age is renewed; a younger one stays as it is. */
const renewAfterMs = 60_000;

/**
 * Senders that own the address they send from: they have answered a query of ours, or shown a token that went to that
 * address. A forged address gets no place here, so a flood of them displaces none.
 */
export class ProvenAddresses {
  readonly #provenAtMs = new RecentMap<number>(maxProven);

  /** @param senderKey See `Sender`. */
  prove(senderKey: string, nowMs: number): void {
    const atMs = this.#provenAtMs.get(senderKey);
    if (atMs === undefined || nowMs - atMs >= renewAfterMs) this.#provenAtMs.set(senderKey, nowMs);
  }

  /** @returns Whether the sender was proven within ten minutes. */
  isProven(senderKey: string, nowMs: number): boolean {
    const atMs = this.#provenAtMs.get(senderKey);
    return atMs !== undefined && nowMs - atMs < provenMs;
  }
}
