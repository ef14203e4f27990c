// Time-outs of the DHT in a world of near, far and silent nodes, in virtual time.

import test from "ava";
import { isLong } from "../support/lanes.ts";
import { sampleOf } from "../support/seeds.ts";
import { describeTimes, percentile } from "../support/simulated/dht/percentiles.ts";
import { lookUpAtTwoDistances, type TimedLookUp } from "../support/simulated/dht/two-distances.ts";

const worlds = isLong ? 200 : 40;
/**
 * Percentile 95 of these look-ups by commit 063c58a. There each node was silent after a second, and the end of a look-up
 * waited for each silent node for six.
 */
const earlierEndMs = 7_813;
/** Nodes that answered one of its look-ups, on the average. */
const earlierAnswered = 12.103;

test.serial(
  "EX16: among near, far and silent nodes look-ups end within 0.8 of the time of constant time-outs",
  async (t) => {
    const lookUps: TimedLookUp[] = [];
    for (const seed of sampleOf(worlds)) lookUps.push(...(await lookUpAtTwoDistances(seed)));
    const ends = lookUps.map(({ endMs }) => endMs);
    const answered = lookUps.reduce((sum, lookUp) => sum + lookUp.answered, 0) / lookUps.length;
    t.log(`end: ${describeTimes(ends)}; ${answered.toFixed(2)} nodes answered a look-up`);
    t.is(lookUps.length, 5 * worlds);
    t.true(percentile(ends, 95) <= 0.8 * earlierEndMs);
    t.true(answered >= 0.98 * earlierAnswered);
  },
);
