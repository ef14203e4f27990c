// Our own tracker, for what opentracker as Debian builds it cannot do: IPv6.

import { startTracker } from "@troupe/tracker";
import { until } from "../time/until.ts";
import type { TestTracker } from "./test-tracker.ts";

/** Starts our tracker on one local address. */
export async function startOwnTracker(host: string): Promise<TestTracker> {
  const tracker = await startTracker({ host });
  return {
    url: tracker.url,
    async knowsSeeder(infoHash) {
      await until(`our tracker knows a seeder of ${infoHash}`, () => {
        const swarm = tracker.swarms().find((known) => known.infoHash === infoHash);
        return swarm !== undefined && swarm.complete > 0;
      });
    },
    [Symbol.asyncDispose]: () => tracker.close(),
  };
}
