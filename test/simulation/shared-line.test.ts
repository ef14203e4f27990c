// Many torrents of one engine share its line.

import test from "ava";
import { isLong } from "../support/lanes.ts";
import { calmScenario } from "../support/simulated/runs/scenario.ts";
import { isLongRun, sized } from "../support/simulated/runs/long-runs.ts";
import { jainIndex } from "../support/simulated/fairness/jain.ts";
import { honestSeeder } from "../support/simulated/swarm/peer.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

const mebibyte = 1 << 20;
const torrentCount = isLong ? 50 : 25;
const seedersEach = 2;
/** 20 kB/s a torrent. Two seeders could send 25 times as much. */
const rate = 20_000 * torrentCount;
const line = { upBytesPerSecond: rate, downBytesPerSecond: rate };
const warmUpMs = 20_000;
const windowMs = sized({ gate: 40_000, long: 60_000, user: 300_000 });
const lengthBytes = (isLongRun ? 12 : 3) * mebibyte;

/** @returns Torrents of one world, each with as many seeders. */
async function equalSwarms(): Promise<readonly SimulatedSwarm[]> {
  const scenario = calmScenario(1, {
    fileLengths: [lengthBytes],
    conditions: { bytesPerSecond: 250_000 },
  });
  const swarms: SimulatedSwarm[] = [];
  for (let count = 0; count < torrentCount; count++) {
    const within = swarms.at(-1);
    const swarm = new SimulatedSwarm(scenario, within === undefined ? {} : { within });
    swarms.push(swarm);
    // oxlint-disable-next-line no-await-in-loop
    for (let peer = 0; peer < seedersEach; peer++) await swarm.addPeer(honestSeeder);
  }
  return swarms;
}

for (const peerWorkers of isLongRun ? [1, 3] : [1]) {
  test.serial(
    `${torrentCount} torrents with equal swarms get equal rates of one line, peer-workers: ${peerWorkers}`,
    async (t) => {
      const swarms = await equalSwarms();
      const [first] = swarms;
      if (first === undefined) return t.fail();
      const options = { peerWorkers, memoryBytes: 16 * mebibyte };
      const engine = await first.addEngine("45.9.1.1", options, line);
      for (const { torrent } of swarms) await first.world.settle(engine.add(torrent));
      const received = (): readonly number[] =>
        swarms.map(
          ({ torrent }) => engine.jobOf(torrent)?.content.traffic.total("downloadedBytes") ?? 0,
        );
      await first.world.run(warmUpMs);
      const before = received();
      await first.world.run(windowMs);
      const rates = received().map((bytes, index) => bytes - (before[index] ?? 0));
      const total = rates.reduce((sum, rate) => sum + rate, 0);
      const used = (total * 1_000) / windowMs / line.downBytesPerSecond;
      const fairness = jainIndex(rates);
      t.log(`Jain's index ${fairness.toFixed(3)}, ${(100 * used).toFixed(0)} % of the line`);
      t.true(fairness > 0.9, rates.join(" "));
      t.true(used > 0.9);
    },
  );
}
