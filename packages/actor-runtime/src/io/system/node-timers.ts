import type { Timer, Timers } from "../../ports/timers.ts";
import { pollUntil } from "./poll-until.ts";

/** Beyond it, `setTimeout` fires after 1 ms. */
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

/** The real timers. Only one-shot timers keep the process alive. Delays over 24.8 days fire after 24.8 days. */
export const nodeTimers: Timers = {
  after(delayMs, task) {
    // Node counts whole milliseconds and may fire a fraction early: wait 1 ms longer.
    return new NodeTimer(setTimeout(task, boundedDelay(Math.ceil(delayMs) + 1)));
  },
  every(periodMs, task) {
    return new NodeTimer(setInterval(task, boundedDelay(periodMs)).unref());
  },
  exactly(delayMs, task) {
    return pollUntil(performance.now() + delayMs, task);
  },
  soon(task) {
    setImmediate(task);
  },
};

function boundedDelay(delayMs: number): number {
  return Math.min(Math.max(delayMs, 1), longestDelayMs);
}
