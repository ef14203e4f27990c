import test from "ava";
import { runDownload } from "../support/simulated/runs/download.ts";
import { honestSeeder } from "../support/simulated/swarm/peer.ts";
import { calmScenario } from "../support/simulated/runs/scenario.ts";

const minuteMs = 60_000;

test("a download continues within two minutes of the return of its only seeder", async (t) => {
  for (const awayMinutes of [1, 5, 20, 90]) {
    const toMs = awayMinutes * minuteMs;
    const peers = [{ ...honestSeeder, away: { fromMs: 500, toMs } }];
    const { downloadMs, violations } = await runDownload(calmScenario(awayMinutes, { peers }));
    t.deepEqual(violations, []);
    t.true(downloadMs < toMs + 2 * minuteMs, `${awayMinutes} minutes, ${downloadMs} ms`);
  }
});

test("a download completes when its peers have exchanged the missing pieces", async (t) => {
  const partial = { ...honestSeeder, hasShare: 0.3, gainEveryMs: 700, wants: true };
  const peers = Array.from({ length: 5 }, () => partial);
  const { violations } = await runDownload(calmScenario(3, { peers, peerWorkers: 3 }));
  t.deepEqual(violations, []);
});

test("a download begins when its tracker answers at last", async (t) => {
  const { violations, swarm } = await runDownload(calmScenario(1, { trackerFailChance: 0.8 }));
  t.deepEqual(violations, []);
  t.is(swarm.tracker.heard[0], "started 6889");
});
