// One turn of the real event loop, for the simulated world: it owns time, but promises settle in real turns.

import { setImmediate } from "node:timers/promises";

/** Settles at the end of this turn, when every microtask and tick that there was has run. */
export function eventLoopTurn(): Promise<void> {
  return setImmediate();
}
