import test from "ava";
import { liarScenario, lies, runWithLiars, type Lie } from "../support/simulated/runs/liars.ts";
import { deadlyScenario, type Scenario } from "../support/simulated/runs/scenario.ts";
import { isLong } from "../support/lanes.ts";
import { seedsFor } from "../support/seeds.ts";

const isFound = test.macro({
  title: (_, liars: string, seed: number) => `${liars}, seed ${seed}: no other peer is banned`,
  async exec(t, _: string, seed: number, liars: readonly Lie[], changes: Partial<Scenario> = {}) {
    const { violations, innocent, banned, failures } = await runWithLiars(
      liarScenario(seed, liars, changes),
    );
    t.deepEqual(violations, []);
    t.deepEqual(innocent, []);
    // A lie that was never taken, since another was faster or the connection broke, cannot be found out.
    t.is(banned.length > 0, failures > 0, `${failures} pieces failed`);
    if (liars.length === 1) t.true(banned.length <= 1);
  },
});

const large = { memoryBytes: 1 << 20, pieceLengthBytes: 1 << 20 };

for (const seed of seedsFor(isLong ? 2 : 1)) {
  test.serial(isFound, "a liar in every block among twenty peers", seed, [lies.always]);
  test.serial(isFound, "a liar in one of 16 blocks", seed, [lies.oneOf16]);
  test.serial(isFound, "a liar near the end of the download", seed, [lies.inTheEnd]);
  test.serial(isFound, "a liar that disconnects", seed, [lies.andLeave]);
  test.serial(isFound, "two liars with the same wrong blocks", seed, [lies.oneOf16, lies.always]);
  test.serial(isFound, "a liar beside other workers", seed, [lies.always], { peerWorkers: 3 });
  test.serial(
    isFound,
    "a liar among the contributors of very large pieces",
    seed,
    [lies.oneOf16],
    large,
  );
}

for (const seed of seedsFor(isLong ? 2 : 1)) {
  test.serial(`two liars while actors crash, seed ${seed}: no other peer is banned`, async (t) => {
    const liars = [lies.oneOf16, lies.always];
    const { kills, peerWorkers, messageDelayMs } = deadlyScenario(seed);
    const changes = { kills, peerWorkers, messageDelayMs, pieceLengthBytes: 131_072 };
    const { violations, innocent } = await runWithLiars(liarScenario(seed, liars, changes));
    t.deepEqual(violations, []);
    t.deepEqual(innocent, []);
  });
}

for (const [pieceLengthBytes, lengthBytes] of [
  [65_536, (isLong ? 32 : 16) << 20],
  [262_144, 32 << 20],
] as const) {
  test.serial(
    `with six liars of twenty downloads take 2.2 times as long at most, pieces of ${pieceLengthBytes}`,
    async (t) => {
      const rules = {
        pieceLengthBytes,
        memoryBytes: 64 << 20,
        fileLengths: [lengthBytes],
        conditions: { latencyMs: 20, jitterMs: 5 },
        peerWorkers: 2,
      };
      const liars = [1, 2, 3].flatMap(() => [lies.always, lies.oneOf16]);
      const clean = liars.map(() => ({ lieChance: 0 }));
      // A single pair takes from 1.5 to 2.5 times as long, twelve pairs of the larger pieces 1.9 to 2.0 times.
      let [withMs, withoutMs] = [0, 0];
      for (const seed of isLong ? [0, 1, 2, 3] : [0, 1]) {
        // oxlint-disable-next-line no-await-in-loop
        const without = await runWithLiars(liarScenario(seed, clean, rules));
        // oxlint-disable-next-line no-await-in-loop
        const run = await runWithLiars(liarScenario(seed, liars, rules));
        t.deepEqual(run.violations, []);
        t.deepEqual(run.innocent, []);
        t.is(run.banned.length, 6);
        withMs += run.downloadMs;
        withoutMs += without.downloadMs;
      }
      t.log(`${(withMs / withoutMs).toFixed(2)} times`);
      t.true(withMs <= 2.2 * withoutMs, `${withMs}, not ${withoutMs} ms`);
    },
  );
}
