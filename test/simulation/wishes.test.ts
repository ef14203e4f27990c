import test from "ava";
import { seeds } from "../support/simulated/runs/seeds.ts";
import { runWishes } from "../support/simulated/runs/wishes.ts";

for (const seed of seeds(12)) {
  test.serial(
    `files wanted and not wanted amid trouble, seed ${seed}: what is had is there`,
    async (t) => {
      t.timeout(120_000);
      t.deepEqual(await runWishes(seed), []);
    },
  );
}
