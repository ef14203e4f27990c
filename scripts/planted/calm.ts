// Waits until the machine is calm: tests of whole engines fail by the clock where threads wait long for a core.

import { loadavg } from "node:os";
import { setTimeout } from "node:timers/promises";

const lookMs = 15_000;
/** A machine that stays busy delays the measurement, and does not stop it. */
const longestMs = 30 * 60_000;

/** @param load The most threads that run or want to, on the average of a minute. */
export async function waitForCalm(load: number): Promise<void> {
  const untilMs = performance.now() + longestMs;
  // oxlint-disable-next-line no-await-in-loop
  while ((loadavg()[0] ?? 0) > load && performance.now() < untilMs) await setTimeout(lookMs);
}
