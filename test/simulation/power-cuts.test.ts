import test from "ava";
import { runDownload } from "../support/simulated/runs/download.ts";
import { cutPower } from "../support/simulated/engine/power.ts";
import { calmScenario, engineHost, powerlessScenario } from "../support/simulated/runs/scenario.ts";
import { isLong } from "../support/lanes.ts";
import { seedsFor } from "../support/seeds.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";
import { HaveWatch } from "../support/simulated/engine/invariants.ts";

for (const seed of seedsFor(isLong ? 3 : 1)) {
  test.serial(`F17: after a power cut no missing piece is reported, seed ${seed}`, async (t) => {
    const { violations } = await runDownload(powerlessScenario(seed));
    t.deepEqual(violations, []);
  });
}

/** An engine that has everything, some time later. */
async function wholeEngine(seed: number, laterMs: number) {
  const scenario = calmScenario(seed);
  const swarm = new SimulatedSwarm(scenario);
  const { world, torrent } = swarm;
  const engine = await swarm.addEngine(engineHost, scenario);
  for (const script of scenario.peers) await swarm.addPeer(script);
  await world.settle(engine.add(torrent));
  await world.runUntil(() => engine.jobOf(torrent)?.content.ledger.isComplete === true);
  await world.run(laterMs);
  return { world, torrent, engine, watch: new HaveWatch(engine, torrent) };
}

for (const seed of seedsFor(isLong ? 3 : 1)) {
  test.serial(`F17: durable pieces are had at once after a power cut, seed ${seed}`, async (t) => {
    const { world, torrent, engine, watch } = await wholeEngine(seed, 12_000);
    const before = engine.jobOf(torrent);
    engine.events.length = 0;
    cutPower(engine, engine.machine.ports("power").random);
    await world.runUntil(() => {
      const job = engine.jobOf(torrent);
      return job !== before && job?.state === "active";
    });
    watch.look();
    t.true(engine.jobOf(torrent)?.content.ledger.isComplete);
    t.is(engine.jobOf(torrent)?.content.traffic.total("downloadedBytes"), 0);
    t.false(engine.events.some(({ event }) => event === "checking"));
    await world.settle(engine.stop());
  });

  test.serial(
    `F17: recently written pieces are hashed after a power cut, seed ${seed}`,
    async (t) => {
      const { world, torrent, engine, watch } = await wholeEngine(seed, 0);
      cutPower(engine, engine.machine.ports("power").random);
      await world.runUntil(() => {
        watch.look();
        return engine.jobOf(torrent)?.content.ledger.isComplete === true;
      });
      await world.settle(engine.stop());
      t.pass();
    },
  );
}
