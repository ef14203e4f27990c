import { burstBytes, grantUnitBytes } from "@troupe/messages";

/** The part of a limit that hashes get while blocks use it up. */
const hashPart = 1 / 8;

/**
 * The bytes of hashes that may go although a limit is used up: an eighth of the limit. Peers that wait for blocks take each
 * grant at once, and no grant comes while no peer waits for blocks: without a part of their own hashes would wait for ever.
 */
export class HashBudget {
  /** Below 0 after an answer that was longer than the budget: the next answers wait until it is paid. */
  #bytes: number = grantUnitBytes;
  #filledAtMs: number | undefined;

  /** @param bytesPerSecond The limit, above 0. */
  availableBytes(bytesPerSecond: number, nowMs: number): number {
    const rate = bytesPerSecond * hashPart;
    const added = (rate * (nowMs - (this.#filledAtMs ?? nowMs))) / 1_000;
    this.#bytes = Math.min(this.#bytes + added, burstBytes(rate));
    this.#filledAtMs = nowMs;
    return this.#bytes;
  }

  /** Hashes are sent. */
  take(bytes: number): void {
    this.#bytes -= bytes;
  }
}
