import type { Clock, Timer, Timers } from "@troupe/actor-runtime";

/** One timer for the earliest of many deadlines. */
export class Alarm {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #ring: () => void;
  #set: { readonly timer: Timer; readonly atMs: number } | undefined;

  /** @param ring Called once for all deadlines that have passed; the alarm is not set then. */
  constructor(
    { clock, timers }: { readonly clock: Clock; readonly timers: Timers },
    ring: () => void,
  ) {
    this.#clock = clock;
    this.#timers = timers;
    this.#ring = ring;
  }

  /** Rings at this moment at the latest. `Infinity`: no deadline. */
  ringAt(atMs: number): void {
    if (atMs === Infinity || (this.#set !== undefined && this.#set.atMs <= atMs)) return;
    this.#set?.timer.cancel();
    const delayMs = Math.max(0, Math.ceil(atMs - this.#clock.nowMs()));
    const timer = this.#timers.after(delayMs, () => {
      this.#set = undefined;
      this.#ring();
    });
    this.#set = { timer, atMs };
  }

  stop(): void {
    this.#set?.timer.cancel();
    this.#set = undefined;
  }
}
