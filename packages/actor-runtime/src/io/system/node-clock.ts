// The real clock of this process.

import type { Clock } from "../../ports/clock.ts";

/** Monotonic time from `performance.now`, calendar time from `Date.now`. Stateless: one for all threads' actors. */
export const nodeClock: Clock = {
  nowMs: () => performance.now(),
  epochMs: () => Date.now(),
};
