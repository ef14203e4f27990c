import test from "ava";
import { stopAndLook, untilWhole } from "../support/simulated/runs/download.ts";
import { DiskView, rightSha256 } from "../support/simulated/engine/invariants.ts";
import { calmScenario, deadlyScenario } from "../support/simulated/runs/scenario.ts";
import { isLong } from "../support/lanes.ts";
import { seedsFor } from "../support/seeds.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

const [seederHost, ...leecherHosts] = ["45.10.0.1", "45.10.0.2", "45.10.0.3"] as const;

test("AE8, PI1: one engine seeds several files from its disk and another downloads them", async (t) => {
  const swarm = new SimulatedSwarm(calmScenario(1));
  const { world, torrent } = swarm;
  const seeder = await swarm.addEngine(seederHost);
  swarm.fillDisk(seeder.machine);
  await world.settle(seeder.add(torrent, "seed-only"));
  const leecher = await swarm.addEngine(leecherHosts[0]);
  await world.settle(leecher.add(torrent));
  await untilWhole([swarm], [leecher], { seed: 1, kills: [] });
  await swarm.settle();
  t.deepEqual(new DiskView(leecher, torrent).sha256(), rightSha256(torrent));
  t.true(seeder.events.some((event) => event.event === "checking"));
  t.deepEqual(await stopAndLook(swarm, leecher), []);
  t.deepEqual(await stopAndLook(swarm, seeder), []);
});

for (const seed of seedsFor(isLong ? 2 : 1)) {
  test.serial(
    `two engines exchange the pieces of a seeding third while actors crash, seed ${seed}`,
    async (t) => {
      const scenario = deadlyScenario(seed);
      const swarm = new SimulatedSwarm(scenario);
      const { world, torrent } = swarm;
      const seeder = await swarm.addEngine(seederHost);
      swarm.fillDisk(seeder.machine);
      await world.settle(seeder.add(torrent));
      const leechers = [];
      for (const host of leecherHosts) {
        const leecher = await swarm.addEngine(host, scenario);
        await world.settle(leecher.add(torrent));
        leechers.push(leecher);
      }
      await untilWhole([swarm], leechers, scenario);
      await swarm.settle();
      for (const leecher of leechers) {
        t.deepEqual(new DiskView(leecher, torrent).sha256(), rightSha256(torrent));
        t.deepEqual(await stopAndLook(swarm, leecher), []);
      }
      t.deepEqual(await stopAndLook(swarm, seeder), []);
    },
  );
}
