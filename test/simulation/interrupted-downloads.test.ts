import test from "ava";
import { runDownload } from "../support/simulated-download.ts";
import { faultyDiskScenario, interruptedScenario } from "../support/simulated-scenario.ts";
import { seeds } from "../support/simulated-seeds.ts";

for (const seed of seeds(8)) {
  test.serial(`pauses and stops of a download leave nothing behind, seed ${seed}`, async (t) => {
    t.timeout(120_000);
    const { violations } = await runDownload(interruptedScenario(seed));
    t.deepEqual(violations, []);
  });

  test.serial(`a download goes on when its disk takes bytes again, seed ${seed}`, async (t) => {
    t.timeout(120_000);
    const { violations } = await runDownload(faultyDiskScenario(seed));
    t.deepEqual(violations, []);
  });
}
