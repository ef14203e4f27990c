// Torrents of version 2 without hash layers: the layers and the hashes of leaves come from peers, some of which lie.

import test from "ava";
import { liarScenario, lies, runWithLiars, type Lie } from "../support/simulated/runs/liars.ts";
import { deadlyScenario, type Scenario } from "../support/simulated/runs/scenario.ts";
import { isLong } from "../support/lanes.ts";
import { seedsFor } from "../support/seeds.ts";
import type { HashManners } from "../support/simulated/swarm/hash-answers.ts";

/** More than 512 pieces in one file, and small files. */
const bare = {
  version: "v2-without-layers",
  pieceLengthBytes: 16_384,
  fileLengths: [600 * 16_384 + 7, 3, 50_000, 0],
} as const satisfies Partial<Scenario>;
const calm = { conditions: { latencyMs: 20, jitterMs: 5 }, peerWorkers: 2, memoryBytes: 64 << 20 };
/** Pieces of 64 blocks. */
const large = {
  ...calm,
  version: "v2-without-layers",
  pieceLengthBytes: 1 << 20,
  fileLengths: [24 << 20, 5],
} as const satisfies Partial<Scenario>;

const honest: Lie = { lieChance: 0 };

function peersThat(count: number, ...manners: readonly HashManners[]): Lie[] {
  return Array.from({ length: count }, (_, place) => ({
    ...honest,
    hashes: manners[place % manners.length] ?? "right",
  }));
}

for (const seed of seedsFor(isLong ? 2 : 1)) {
  test.serial(`A17: a torrent comes whole over any network, seed ${seed}`, async (t) => {
    const { violations, banned } = await runWithLiars(liarScenario(seed, [honest], bare));
    t.deepEqual(violations, []);
    t.deepEqual(banned, []);
  });

  test.serial(`A17: a torrent comes whole while actors crash, seed ${seed}`, async (t) => {
    const { kills, peerWorkers, messageDelayMs } = deadlyScenario(seed);
    const liars = [lies.oneOf16, ...peersThat(3, "wrong", "rejects", "silent")];
    const changes = { ...bare, kills, peerWorkers, messageDelayMs, pieceLengthBytes: 65_536 };
    const { violations, innocent } = await runWithLiars(liarScenario(seed, liars, changes));
    t.deepEqual(violations, []);
    t.deepEqual(innocent, []);
  });
}

test.serial(
  "A17: half of the peers lie in hashes, reject or are silent: it takes 30 s more at most",
  async (t) => {
    const time = async (liars: readonly Lie[]): Promise<number> => {
      const run = await runWithLiars(liarScenario(5, liars, { ...bare, ...calm }));
      t.deepEqual(run.violations, []);
      return run.downloadMs;
    };
    const alone = await time([honest]);
    const beside = await time(peersThat(10, "wrong", "rejects", "silent"));
    t.log(`${alone} and ${beside} ms`);
    t.true(beside <= alone + 30_000, `${beside}, not ${alone} ms`);
  },
);

/** A run with one liar, that has a bad block in each piece on average. */
async function liarOf(changes: Partial<Scenario>) {
  return await runWithLiars(liarScenario(7, [{ lieChance: 1 / 64 }], { ...large, ...changes }));
}

test.serial(
  "A17: a liar is banned at its first wrong pieces, and their right blocks are not fetched again",
  async (t) => {
    const { banned, engine, failures, innocent, violations } = await liarOf({});
    t.deepEqual(violations, []);
    t.deepEqual(innocent, []);
    t.is(banned.length, failures > 0 ? 1 : 0);
    const failed = Math.max(
      ...engine.events.map((event) => (event.event === "progress" ? event.failedHashBytes : 0)),
    );
    t.log(`${failures} failed pieces, ${failed / 16_384} wrong blocks`);
    t.true(failures > 0 && failed > 0);
    t.true(failed <= 2 * failures * 16_384, `${failed} bytes of ${failures} pieces`);
  },
);

test.serial(
  "A17: with six liars of twenty a torrent of version 2 takes 1.2 times as long at most",
  async (t) => {
    const rules = { ...large, pieceLengthBytes: 262_144, fileLengths: [32 << 20, 5] };
    const liars = [1, 2, 3].flatMap(() => [lies.always, lies.oneOf16]);
    let [withMs, withoutMs] = [0, 0];
    for (const seed of isLong ? [0, 1] : [1]) {
      // oxlint-disable-next-line no-await-in-loop
      const without = await runWithLiars(
        liarScenario(
          seed,
          liars.map(() => honest),
          rules,
        ),
      );
      // oxlint-disable-next-line no-await-in-loop
      const run = await runWithLiars(liarScenario(seed, liars, rules));
      t.deepEqual([...run.violations, ...run.innocent], []);
      t.is(run.banned.length, 6);
      withMs += run.downloadMs;
      withoutMs += without.downloadMs;
    }
    t.log(`${(withMs / withoutMs).toFixed(2)} times`);
    t.true(withMs <= 1.2 * withoutMs, `${withMs}, not ${withoutMs} ms`);
  },
);
