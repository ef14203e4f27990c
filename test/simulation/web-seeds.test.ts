// Downloads from a web server (BEP 19) whose requests fail and break, alone and beside peers, while actors die.

import { SeededRandom } from "@troupe/actor-runtime/simulated";
import test from "ava";
import { runDownload } from "../support/simulated/runs/download.ts";
import { calmScenario, deadlyScenario, roughScenario } from "../support/simulated/runs/scenario.ts";
import { isLong } from "../support/lanes.ts";
import { seedsFor } from "../support/seeds.ts";
import { honestSeeder } from "../support/simulated/swarm/peer.ts";
import { honestWebSeed, type WebSeedScript } from "../support/simulated/swarm/web-seed.ts";

/** Drawn from a seed; it has every file and does not lie. */
function roughServer(seed: number): WebSeedScript {
  const random = new SeededRandom(`web seed ${seed}`);
  return {
    ...honestWebSeed,
    failChance: random.next() * 0.1,
    breakChance: random.next() * 0.1,
    chunkBytes: 1 + random.integer(60_000),
    chunkMs: 1 + random.integer(20),
  };
}

test.serial("a web server alone gives everything", async (t) => {
  const { swarm, violations } = await runDownload(
    calmScenario(1, { peers: [], webSeed: honestWebSeed }),
  );
  t.deepEqual(violations, []);
  t.true((swarm.webSeed?.served ?? 0) > 0);
});

test.serial("a web server without ranges gives everything, each file once", async (t) => {
  const webSeed = { ...honestWebSeed, hasRanges: false };
  const { swarm, violations } = await runDownload(calmScenario(1, { peers: [], webSeed }));
  t.deepEqual(violations, []);
  const { served, servedBytes } = swarm.webSeed ?? {};
  t.like({ served, servedBytes }, { served: 4, servedBytes: swarm.torrent.content.length });
});

for (const workers of [1, 2]) {
  test.serial(
    `a web server without ranges gives the pieces of a peer that chokes us, with ${workers} peer-workers`,
    async (t) => {
      const choking = { ...honestSeeder, leastServeMs: 20, chokeEveryMs: 400, chokeForMs: 3e7 };
      const changes = { peers: [choking, choking], peerWorkers: workers };
      const webSeed = { ...honestWebSeed, hasRanges: false, chunkMs: 40 };
      const { violations, swarm } = await runDownload(calmScenario(4, { ...changes, webSeed }));
      t.deepEqual(violations, []);
      t.true(swarm.world.scheduler.nowMs < 60_000, `${swarm.world.scheduler.nowMs} ms`);
    },
  );
}

for (const refusals of [1, 2, 7]) {
  test.serial(
    `a web server alone that first refuses ${refusals} ranges gives everything`,
    async (t) => {
      const webSeed = { ...honestWebSeed, refusals };
      const { violations } = await runDownload(calmScenario(1, { peers: [], webSeed }));
      t.deepEqual(violations, []);
    },
  );
}

test.serial(
  "a magnet link names a web server, which gives everything but the metadata",
  async (t) => {
    const knowing = { ...honestSeeder, hasShare: 0, metadata: { answers: "rightly" } } as const;
    const { swarm, violations } = await runDownload(
      calmScenario(2, { peers: [knowing], webSeed: honestWebSeed, isMagnet: true }),
    );
    t.deepEqual(violations, []);
    t.true((swarm.webSeed?.served ?? 0) > 0);
  },
);

test.serial("a private torrent keeps its web server", async (t) => {
  const { violations } = await runDownload(
    calmScenario(2, { peers: [], webSeed: honestWebSeed, isPrivate: true }),
  );
  t.deepEqual(violations, []);
});

for (const hasRanges of [true, false])
  for (const seed of seedsFor(isLong ? 2 : 1)) {
    const server = `web server ${seed} with${hasRanges ? "" : "out"} ranges`;

    test.serial(`${server} gives everything bit for bit, whatever fails`, async (t) => {
      const { peers, ...scenario } = roughScenario(seed);
      const webSeed = { ...roughServer(seed), hasRanges };
      const { violations } = await runDownload({ ...scenario, peers: peers.slice(1), webSeed });
      t.deepEqual(violations, []);
    });

    test.serial(`${server} gives everything while actors die, the engine too`, async (t) => {
      const { peers, ...scenario } = deadlyScenario(seed);
      const webSeed = { ...roughServer(seed), hasRanges };
      const { violations } = await runDownload({ ...scenario, peers: peers.slice(1), webSeed });
      t.deepEqual(violations, []);
    });

    test.serial(`${server} alone gives everything while actors die, the engine too`, async (t) => {
      const webSeed = { ...roughServer(seed), hasRanges };
      const { violations } = await runDownload({ ...deadlyScenario(seed), peers: [], webSeed });
      t.deepEqual(violations, []);
    });
  }

test.serial(
  "a web server with wrong bytes, or without files or ranges, does not hold up a peer",
  async (t) => {
    for (const webSeed of [
      { ...honestWebSeed, lieChance: 1 },
      { ...honestWebSeed, lieChance: 0.2 },
      { ...honestWebSeed, lacks: [0, 4] },
      { ...honestWebSeed, lacks: [0, 1, 2, 3, 4] },
      { ...honestWebSeed, failChance: 1 },
      { ...honestWebSeed, hasRanges: false },
      { ...honestWebSeed, hasRanges: false, lieChance: 0.2 },
      { ...honestWebSeed, hasRanges: false, lacks: [0, 4] },
    ]) {
      const slow = { ...honestSeeder, leastServeMs: 20 };
      const { violations } = await runDownload(calmScenario(3, { peers: [slow], webSeed }));
      t.deepEqual(violations, [], JSON.stringify(webSeed));
    }
  },
);
