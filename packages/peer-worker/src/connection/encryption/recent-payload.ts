import type { Clock } from "@troupe/actor-runtime";

/** A worker without a block for so long has time for other work. */
const restMs = 100;
/** The count stays a small integer. */
const mostNoted = 2 ** 30;

/** Tells whether blocks move. The blocks themselves ask no clock. */
export class RecentPayload {
  readonly #clock: Pick<Clock, "nowMs">;
  #noted = 0;
  #seen = 0;
  #seenAtMs = -Infinity;

  constructor(clock: Pick<Clock, "nowMs">) {
    this.#clock = clock;
  }

  /** A block came or went. */
  note(): void {
    this.#noted = (this.#noted + 1) % mostNoted;
  }

  /** Whether a block came or went since the last call, or in the last 100 ms. */
  isRecent(): boolean {
    const nowMs = this.#clock.nowMs();
    if (this.#noted !== this.#seen) this.#seenAtMs = nowMs;
    this.#seen = this.#noted;
    return nowMs - this.#seenAtMs < restMs;
  }
}
