// Torrents of an engine under its rate limits, by their bandwidth priorities.

import test from "ava";
import type { BandwidthPriority } from "@troupe/control";
import { isLong } from "../support/lanes.ts";
import { calmScenario, engineHost } from "../support/simulated/runs/scenario.ts";
import { honestSeeder } from "../support/simulated/swarm/peer.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

/** Rates and lengths of the gate, in those of the long lanes. */
const scale = isLong ? 1 : 0.25;
const limit = 700_000 * scale;
/** Seconds whose bytes are compared. */
const windowSeconds = isLong ? 40 : 20;
const peersEach = 3;
const shares = { high: 4, normal: 2, low: 1 } as const;
const priorities: readonly BandwidthPriority[] = ["high", "normal", "low"];

/** An engine with a torrent of each priority and a limit, and the payload of each torrent in a run. */
async function prioritised(peerWorkers: number) {
  const scenario = calmScenario(1, {
    pieceLengthBytes: 65_536,
    fileLengths: [(64 << 20) * scale],
    conditions: { bytesPerSecond: 10_000_000 },
  });
  const swarms: SimulatedSwarm[] = [];
  for (const _ of priorities) {
    const within = swarms.at(-1);
    swarms.push(new SimulatedSwarm(scenario, within === undefined ? {} : { within }));
  }
  const [first] = swarms;
  if (first === undefined) throw new Error("no swarm");
  const engine = await first.addEngine(engineHost, { peerWorkers, memoryBytes: 64 << 20 });
  engine.setLimits({ down: limit });
  for (const [index, swarm] of swarms.entries()) {
    for (let peer = 0; peer < peersEach; peer++) await swarm.addPeer(honestSeeder);
    const settings = { bandwidthPriority: priorities[index] ?? "normal" };
    await first.world.settle(engine.add(swarm.torrent, "download", undefined, { settings }));
  }
  const total = ({ torrent }: SimulatedSwarm): number =>
    engine.jobOf(torrent)?.content.traffic.total("downloadedBytes") ?? 0;
  return {
    engine,
    swarms,
    async bytesOf(seconds: number): Promise<readonly number[]> {
      const before = swarms.map(total);
      await first.world.run(1_000 * seconds);
      return swarms.map((swarm, index) => total(swarm) - (before[index] ?? 0));
    },
  };
}

for (const peerWorkers of [1, 3]) {
  test.serial(
    `L07: torrents of the priorities high, normal and low get 4 : 2 : 1 of a limit, and a change holds at once, peer-workers: ${peerWorkers}`,
    async (t) => {
      const { bytesOf, engine, swarms } = await prioritised(peerWorkers);
      const isWithin = (bytes: readonly number[], by: readonly BandwidthPriority[]): void => {
        const sum = bytes.reduce((total, each) => total + each, 0);
        const figures = `${bytes.map((each) => (each / sum).toFixed(3)).join(", ")} of ${sum} bytes`;
        t.log(figures);
        const weights = by.reduce((total, each) => total + shares[each], 0);
        for (const [index, priority] of by.entries()) {
          const due = (sum * shares[priority]) / weights;
          t.true(Math.abs((bytes[index] ?? 0) / due - 1) <= 0.1, `${priority}: ${figures}`);
        }
      };
      await bytesOf(10);
      isWithin(await bytesOf(windowSeconds), priorities);
      const turned: readonly BandwidthPriority[] = ["low", "normal", "high"];
      for (const [index, swarm] of swarms.entries()) {
        const bandwidthPriority = turned[index] ?? null;
        engine.changeTorrent(swarm.torrent, { bandwidthPriority });
      }
      await bytesOf(5);
      isWithin(await bytesOf(windowSeconds), turned);
    },
  );
}
