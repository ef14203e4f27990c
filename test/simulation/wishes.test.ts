import test from "ava";
import { isLong } from "../support/lanes.ts";
import { seedsFor } from "../support/seeds.ts";
import { runWishes } from "../support/simulated/runs/wishes.ts";

for (const seed of seedsFor(isLong ? 2 : 1)) {
  test.serial(
    `with changing priorities and crashes, seed ${seed}, every had piece is on disk`,
    async (t) => {
      t.deepEqual(await runWishes(seed), []);
    },
  );
}
