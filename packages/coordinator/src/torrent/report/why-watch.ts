// How long hashing and writing have stood still, and what the user was last told: what a look once a second leaves
// behind for the next.

import type { WhyCode } from "@troupe/messages";

/** For how long something has not moved although it has something to do. */
export class Standstill {
  #count = -1;
  #sinceMs = 0;

  /**
   * @param count Changes whenever something has moved.
   * @param isWaiting Whether anything waits to be moved.
   * @returns Milliseconds; 0 when nothing waits.
   */
  update(count: number, isWaiting: boolean, nowMs: number): number {
    if (count !== this.#count || !isWaiting) {
      this.#count = count;
      this.#sinceMs = nowMs;
    }
    return nowMs - this.#sinceMs;
  }
}

/** What is remembered of one torrent between two looks. */
export class WhyWatch {
  readonly hashing = new Standstill();
  readonly writing = new Standstill();
  lastCode: WhyCode | undefined;
}
