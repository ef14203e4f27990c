// First starts of a seeder whose files have never been checked, in virtual time: what the tracker hears first, and when.

import test from "ava";
import { SeededRandom } from "@troupe/actor-runtime/simulated";
import { calmScenario, engineHost } from "../support/simulated/runs/scenario.ts";
import { isLong } from "../support/lanes.ts";
import { seedsFor } from "../support/seeds.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

const boundMs = 5_000;
const starts = isLong ? 200 : 40;

/** Starts a seeder on a machine and a network that the seed draws. @returns Its first announce, and the time until then. */
async function firstAnnounce(seed: number) {
  const random = new SeededRandom(`first start ${seed}`);
  const conditions = { latencyMs: 1 + random.integer(150), jitterMs: random.integer(20) };
  const scenario = calmScenario(seed, { conditions, peerWorkers: 1 + random.integer(3) });
  const swarm = new SimulatedSwarm(scenario);
  const { torrent, tracker, world } = swarm;
  const engine = await swarm.addEngine(engineHost, scenario);
  swarm.fillDisk(engine.machine);
  const beganAtMs = world.scheduler.nowMs;
  await world.settle(seed % 2 === 0 ? engine.add(torrent, "seed-only") : engine.add(torrent));
  await world.runUntil(() => tracker.heard.length > 0, 10 * boundMs);
  const afterMs = world.scheduler.nowMs - beganAtMs;
  const [event, left] = [tracker.heard[0]?.split(" ")[0], tracker.heardLeft[0]];
  await world.settle(engine.stopTorrents());
  return { afterMs, event, left };
}

test(`${starts} first starts of a seeder: the first announce says \`left=0\`, within 5 s`, async (t) => {
  let slowestMs = 0;
  for (const seed of seedsFor(starts)) {
    // One world after the other.
    // oxlint-disable-next-line no-await-in-loop
    const { afterMs, event, left } = await firstAnnounce(seed);
    t.deepEqual([event, left], ["started", 0], `seed ${seed}`);
    t.true(afterMs <= boundMs, `seed ${seed}: ${afterMs} ms`);
    slowestMs = Math.max(slowestMs, afterMs);
  }
  t.log(`the slowest after ${Math.round(slowestMs)} ms`);
});
