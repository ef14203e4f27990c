import type { Clock } from "../../ports/clock.ts";

/** Monotonic time from `performance.now`, calendar time from `Date.now`. */
export const nodeClock: Clock = {
  nowMs: () => performance.now(),
  epochMs: () => Date.now(),
  utcOffsetMinutes: () => -new Date().getTimezoneOffset(),
};
