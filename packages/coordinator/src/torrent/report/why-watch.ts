// State kept between the once-a-second checks: how long hashing and writing have stalled.

/** The time without progress. */
class Standstill {
  #count = -1;
  #sinceMs = 0;

  /**
   * @param count Changes with each progress.
   * @param isWaiting Whether work waits.
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

/** State of `why()` for one torrent. */
export class WhyWatch {
  readonly hashing = new Standstill();
  readonly writing = new Standstill();
}
