import test from "ava";
import { runDownload } from "../support/simulated/runs/download.ts";
import { deadlyScenario, killingOf, type Scenario } from "../support/simulated/runs/scenario.ts";
import { isLong } from "../support/lanes.ts";
import { seedsFor } from "../support/seeds.ts";

const survives = test.macro({
  title: (_, actors: string, seed: number) => `${actors} killed, seed ${seed}: every bit is there`,
  async exec(t, _: string, seed: number, scenarioOf: (seed: number) => Scenario) {
    const { violations } = await runDownload(scenarioOf(seed));
    t.deepEqual(violations, []);
  },
});

const onePeerWorker = (seed: number): Scenario => killingOf(seed, ["peer-0"]);
const threePeerWorkers = (seed: number): Scenario =>
  killingOf(seed, ["peer-0", "peer-1", "peer-2"]);
const fileWorker = (seed: number): Scenario => killingOf(seed, ["file-0"]);
const records = (seed: number): Scenario => killingOf(seed, ["records", "records", "file-0"]);
const hashThreads = (seed: number): Scenario => killingOf(seed, ["hash"]);

const few = seedsFor(isLong ? 3 : 1);

for (const seed of few) {
  test.serial(survives, "one peer-worker is", seed, onePeerWorker);
  test.serial(survives, "three peer-workers are", seed, threePeerWorkers);
  test.serial(survives, "the file-worker is", seed, fileWorker);
  test.serial(survives, "the records and the file-worker are", seed, records);
  test.serial(survives, "the hash threads are", seed, hashThreads);
  test.serial(survives, "any actor, the engine too, is", seed, deadlyScenario);
}

// Here two workers with slow peers took the last piece from each other for ever.
for (const seed of [1_073, 1_128].filter((known) => !few.includes(known))) {
  test.serial(survives, "three peer-workers are", seed, threePeerWorkers);
}
