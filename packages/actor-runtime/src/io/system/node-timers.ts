import type { Timer, Timers } from "../../ports/timers.ts";

/** The longest delay of `setTimeout`; above, Node fires after 1 ms. */
const longestDelayMs = 2 ** 31 - 1;

class NodeTimer implements Timer {
  readonly #timeout: NodeJS.Timeout;

  constructor(timeout: NodeJS.Timeout) {
    this.#timeout = timeout;
  }

  cancel(): void {
    clearTimeout(this.#timeout);
  }
}

/**
 * The real timers. A one-shot timer keeps the process alive until it fires or is cancelled; a periodic timer does not.
 * Delays
 * over 24.8 days fire after 24.8 days.
 */
export const nodeTimers: Timers = {
  after(delayMs, task) {
    // Node counts whole milliseconds of the loop's clock and may fire a fraction early: wait 1 ms longer.
    return new NodeTimer(setTimeout(task, boundedDelay(Math.ceil(delayMs) + 1)));
  },
  every(periodMs, task) {
    return new NodeTimer(setInterval(task, boundedDelay(periodMs)).unref());
  },
  soon(task) {
    setImmediate(task);
  },
};

function boundedDelay(delayMs: number): number {
  return Math.min(Math.max(delayMs, 1), longestDelayMs);
}
