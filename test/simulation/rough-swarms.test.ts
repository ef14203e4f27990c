import test from "ava";
import { runDownload } from "../support/simulated/runs/download.ts";
import { roughScenario } from "../support/simulated/runs/scenario.ts";
import { isLong } from "../support/lanes.ts";
import { seedsFor } from "../support/seeds.ts";

// Slow and broken ways, peers that drop, choke, lie, vanish and come back, trackers that fail: by the seed.
for (const seed of seedsFor(isLong ? 2 : 1)) {
  test.serial(`swarm ${seed} is downloaded, bit for bit, and leaves nothing open`, async (t) => {
    const { violations } = await runDownload(roughScenario(seed));
    t.deepEqual(violations, []);
  });
}
