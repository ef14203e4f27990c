// Download memory is one for all torrents of a worker: who has waited too long for a large extent goes first.

import { memoryClaimMs, memoryPatienceMs } from "./limits.ts";

/**
 * Whose turn it is to open a piece.
 *
 * Small pieces fill every gap and would keep a torrent with large ones out for ever. So the first torrent that found no
 * extent has a claim: when it has waited for 5 s, others finish what is open and open nothing until it has got its
 * extent. A claim that is not tried for 2 s (its peers choke us, it is paused or closed) has lapsed.
 */
export class MemoryTurn<Claimant extends object> {
  #claimant: Claimant | undefined;
  #sinceMs = 0;
  #triedAtMs = 0;

  /** @returns False when another has waited too long. */
  mayAllot(who: Claimant, nowMs: number): boolean {
    if (this.#claimant === undefined || this.#claimant === who) return true;
    if (nowMs - this.#triedAtMs >= memoryClaimMs) {
      this.#claimant = undefined;
      return true;
    }
    return nowMs - this.#sinceMs < memoryPatienceMs;
  }

  /** There was no extent for `who`. */
  refused(who: Claimant, nowMs: number): void {
    if (this.#claimant === undefined) {
      this.#claimant = who;
      this.#sinceMs = nowMs;
    }
    if (this.#claimant === who) this.#triedAtMs = nowMs;
  }

  /** `who` has got an extent. */
  allotted(who: Claimant): void {
    if (this.#claimant === who) this.#claimant = undefined;
  }
}
