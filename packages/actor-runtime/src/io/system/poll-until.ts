import type { Timer } from "../../ports/timers.ts";

/** A turn that reads a socket or runs a timer takes longer; an empty one takes 1 to 4 µs. */
const emptyTurnMs = 0.01;

/**
 * Calls the task in the first turn of the event loop at or after a time. The loop does not sleep meanwhile.
 *
 * @param untilMs By `performance.now`.
 * @param task Gets the sum of all empty turns.
 */
export function pollUntil(untilMs: number, task: (polledMs: number) => void): Timer {
  let lastMs = performance.now();
  let polledMs = 0;
  const turn = (): void => {
    const nowMs = performance.now();
    const turnMs = nowMs - lastMs;
    lastMs = nowMs;
    if (turnMs < emptyTurnMs) polledMs += turnMs;
    if (nowMs >= untilMs) task(polledMs);
    else immediate = setImmediate(turn);
  };
  let immediate = setImmediate(turn);
  return { cancel: () => clearImmediate(immediate) };
}
