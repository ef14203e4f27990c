import { setImmediate } from "node:timers/promises";

/** Settles at the end of this real turn, after all microtasks and ticks. */
export function eventLoopTurn(): Promise<void> {
  return setImmediate();
}
