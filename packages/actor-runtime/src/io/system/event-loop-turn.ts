import { setImmediate } from "node:timers/promises";

/**
 * Settles at the end of this real turn, after all microtasks and ticks: simulated time needs it, because promises
 * settle in
 * real turns.
 */
export function eventLoopTurn(): Promise<void> {
  return setImmediate();
}
