// Waiting for a state that only asking tells.

import { setTimeout as delay } from "node:timers/promises";

const pollMs = 50;
const mostPolls = 1_200;

/** Settles when a condition is true. @throws rejects after a minute. */
export async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  for (let left = mostPolls; left > 0; left--) {
    if (await isTrue()) return;
    await delay(pollMs);
  }
  throw new Error(`${what}: it did not come true`);
}
