import test from "ava";
import { stopAndLook, untilWhole } from "../support/simulated/runs/download.ts";
import { DiskView, rightSha256 } from "../support/simulated/engine/invariants.ts";
import { deadlyScenario, engineHost, roughScenario } from "../support/simulated/runs/scenario.ts";
import { isLong } from "../support/lanes.ts";
import { seedsFor } from "../support/seeds.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

for (const seed of seedsFor(isLong ? 2 : 1)) {
  test.serial(`torrents of all piece lengths share a small memory, seed ${seed}`, async (t) => {
    const memoryBytes = 1 << 20;
    const scenario = deadlyScenario(seed, { memoryBytes });
    const first = new SimulatedSwarm(scenario);
    const second = new SimulatedSwarm({ ...scenario, pieceLengthBytes: 16_384 }, { within: first });
    // Larger than all memory for downloads: it needs a slab of its own.
    const third = new SimulatedSwarm(
      { ...scenario, pieceLengthBytes: 1 << 20 },
      { within: second },
    );
    const swarms = [first, second, third];
    const engine = await first.addEngine(engineHost, scenario);
    for (const [index, swarm] of swarms.entries()) {
      const { peers } = roughScenario(seed + index);
      for (const script of peers) await swarm.addPeer(script);
      await first.world.settle(engine.add(swarm.torrent));
    }
    await untilWhole(swarms, [engine], scenario);
    await first.settle();
    for (const { torrent } of swarms) {
      t.deepEqual(new DiskView(engine, torrent).sha256(), rightSha256(torrent));
    }
    t.deepEqual(await stopAndLook(first, engine), []);
  });
}
