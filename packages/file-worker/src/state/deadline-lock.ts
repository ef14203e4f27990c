import type { Clock, Timers } from "@troupe/actor-runtime";

/** A lock whose waiters have deadlines; first come, first served. */
export class DeadlineLock {
  readonly #time: { readonly clock: Clock; readonly timers: Timers };
  #isTaken = false;
  readonly #waiting = new Set<() => void>();

  constructor(time: { readonly clock: Clock; readonly timers: Timers }) {
    this.#time = time;
  }

  get isWanted(): boolean {
    return this.#waiting.size > 0;
  }

  /** @returns True when the caller holds the lock and must {@link leave} it; false at `untilMs`. */
  enter(untilMs: number): Promise<boolean> {
    if (!this.#isTaken) {
      this.#isTaken = true;
      return Promise.resolve(true);
    }
    const { clock, timers } = this.#time;
    return new Promise((resolve) => {
      const timer = timers.after(Math.max(0, untilMs - clock.nowMs()), () => {
        if (this.#waiting.delete(enter)) resolve(false);
      });
      const enter = (): void => {
        timer.cancel();
        resolve(true);
      };
      this.#waiting.add(enter);
    });
  }

  leave(): void {
    for (const enter of this.#waiting) {
      this.#waiting.delete(enter);
      return enter();
    }
    this.#isTaken = false;
  }
}
