// The time until the torrents of the state folder are restored: no list may be a part.

import type { Timer, Timers } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";

/** A list waits no longer. */
const longestWaitMs = 10_000;
/** Lists that wait; a further one is refused at once. */
const mostWaiting = 64;

interface Waiter {
  readonly settle: (error?: TroupeError) => void;
  readonly timer: Timer;
}

/** Tells when the rows are all that there are. */
export class RestoredRows {
  readonly #timers: Pick<Timers, "after">;
  readonly #waiting = new Set<Waiter>();
  #areWhole = false;

  constructor(timers: Pick<Timers, "after">) {
    this.#timers = timers;
  }

  /** All rows have come. */
  restored(): void {
    this.#areWhole = true;
    for (const { settle } of this.#waiting) settle();
  }

  /** Waits until all rows have come. @throws rejects with TroupeError `restore-running` after 10 s */
  whole(): Promise<void> {
    if (this.#areWhole) return Promise.resolve();
    if (this.#waiting.size >= mostWaiting) return Promise.reject(stillRestoring());
    return new Promise((resolve, reject) => {
      const timer = this.#timers.after(longestWaitMs, () => waiter.settle(stillRestoring()));
      const waiter: Waiter = {
        timer,
        settle: (error) => {
          timer.cancel();
          this.#waiting.delete(waiter);
          if (error === undefined) resolve();
          else reject(error);
        },
      };
      this.#waiting.add(waiter);
    });
  }
}

function stillRestoring(): TroupeError {
  const message = "cannot list the torrents yet: those of the state folder are being restored";
  return new TroupeError("restore-running", message, { details: { retryAfterSeconds: 5 } });
}
