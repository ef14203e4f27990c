import type { Timer, Timers } from "@troupe/actor-runtime";

/** One timer for the earliest of many deadlines. A deadline that moves later leaves it as it is. */
export class UtpTimer {
  readonly #timers: Timers;
  readonly #elapsed: () => void;
  #timer: Timer | undefined;
  #atMs = Infinity;

  /** @param elapsed Called at, or before, the earliest deadline. */
  constructor(timers: Timers, elapsed: () => void) {
    this.#timers = timers;
    this.#elapsed = () => {
      this.#atMs = Infinity;
      elapsed();
    };
  }

  /** @param atMs Time of the clock, which shows `nowMs`. */
  set(atMs: number, nowMs: number): void {
    if (atMs >= this.#atMs) return;
    this.#timer?.cancel();
    this.#atMs = atMs;
    // Timers count whole milliseconds, and would fire before the deadline.
    this.#timer = this.#timers.after(Math.max(Math.ceil(atMs - nowMs), 0), this.#elapsed);
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#atMs = -Infinity;
  }
}
