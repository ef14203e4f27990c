import test from "ava";
import { stopAndLook, untilWhole } from "../support/simulated/runs/download.ts";
import type { SimulatedPeer } from "../support/simulated/swarm/peer.ts";
import { engineHost, seedingScenario } from "../support/simulated/runs/scenario.ts";
import { isLong } from "../support/lanes.ts";
import { seedsFor } from "../support/seeds.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

for (const seed of seedsFor(isLong ? 2 : 1)) {
  test.serial(`every peer completes at a seeder whose actors crash, seed ${seed}`, async (t) => {
    const scenario = seedingScenario(seed);
    const swarm = new SimulatedSwarm(scenario);
    const { world, torrent } = swarm;
    const engine = await swarm.addEngine(engineHost, scenario);
    swarm.fillDisk(engine.machine);
    const peers: SimulatedPeer[] = [];
    for (const script of scenario.peers) peers.push(await swarm.addPeer(script));
    await world.settle(engine.add(torrent, "seed-only"));
    const areServed = (): boolean => peers.every(({ missingCount }) => missingCount === 0);
    await untilWhole([swarm], [engine], scenario, areServed);
    t.deepEqual(await stopAndLook(swarm, engine), []);
  });
}
