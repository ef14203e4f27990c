// Our own tracker, for what opentracker as Debian builds it cannot do: IPv6.

import { setTimeout as delay } from "node:timers/promises";
import { startTracker } from "@troupe/tracker";
import type { TestTracker } from "./test-tracker.ts";

const pollMs = 100;

/** Starts our tracker on one local address. */
export async function startOwnTracker(host: string): Promise<TestTracker> {
  const tracker = await startTracker({ host });
  return {
    url: tracker.url,
    async knowsSeeder(infoHash, deadlineMs = 60_000) {
      for (let left = deadlineMs; left > 0; left -= pollMs) {
        const swarm = tracker.swarms().find((known) => known.infoHash === infoHash);
        if (swarm !== undefined && swarm.complete > 0) return;
        await delay(pollMs);
      }
      throw new Error(`after ${deadlineMs / 1000} s the tracker knows no seeder of ${infoHash}`);
    },
    [Symbol.asyncDispose]: () => tracker.close(),
  };
}
