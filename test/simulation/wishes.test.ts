import test from "ava";
import { seeds } from "../support/simulated/runs/seeds.ts";
import { runWishes } from "../support/simulated/runs/wishes.ts";

for (const seed of seeds(2)) {
  test.serial(
    `with changing priorities and crashes, seed ${seed}, every had piece is on disk`,
    async (t) => {
      t.deepEqual(await runWishes(seed), []);
    },
  );
}
