import test from "ava";
import { runDownload } from "../support/simulated/runs/download.ts";
import {
  faultyDiskScenario,
  interruptedScenario,
  troubledScenario,
  type Scenario,
} from "../support/simulated/runs/scenario.ts";
import { isLong } from "../support/lanes.ts";
import { seedsFor } from "../support/seeds.ts";

const leavesNothing = test.macro({
  title: (_, what: string, seed: number) => `${what}, seed ${seed}: every bit is there`,
  async exec(t, _: string, seed: number, scenarioOf: (seed: number) => Scenario) {
    const { violations } = await runDownload(scenarioOf(seed));
    t.deepEqual(violations, []);
  },
});

for (const seed of seedsFor(isLong ? 2 : 1)) {
  test.serial(leavesNothing, "paused and stopped while actors die", seed, interruptedScenario);
  test.serial(leavesNothing, "the disk fails for a while", seed, faultyDiskScenario);
}

// With 295 a start was lost that came right behind a stop, while the torrent was closed for an error.
for (const seed of new Set([...seedsFor(isLong ? 2 : 1), 295])) {
  test.serial(leavesNothing, "all of this at once", seed, troubledScenario);
}
