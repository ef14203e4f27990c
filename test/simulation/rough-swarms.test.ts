import test from "ava";
import { runDownload } from "../support/simulated/runs/download.ts";
import { roughScenario } from "../support/simulated/runs/scenario.ts";
import { seeds } from "../support/simulated/runs/seeds.ts";

// Slow and broken ways, peers that drop, choke, lie, vanish and come back, trackers that fail: by the seed.
for (const seed of seeds(2)) {
  test.serial(`swarm ${seed} is downloaded, bit for bit, and leaves nothing open`, async (t) => {
    const { violations } = await runDownload(roughScenario(seed));
    t.deepEqual(violations, []);
  });
}
