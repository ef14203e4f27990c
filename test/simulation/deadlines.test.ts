// A reader of a torrent that downloads: pieces come in the order in which it needs them, whatever the rates of peers.

import test from "ava";
import { FairSwarm } from "../support/simulated/fairness/fair-swarm.ts";
import { SimulatedReader } from "../support/simulated/fairness/reader.ts";

const slowBytesPerSecond = 250_000;
const fastBytesPerSecond = 4 * slowBytesPerSecond;
const readBytesPerSecond = 0.8 * (slowBytesPerSecond + fastBytesPerSecond);
const readMs = 30_000;
const startMs = 5_000;

function lineOf(upBytesPerSecond: number) {
  return { upBytesPerSecond, downBytesPerSecond: 10_000_000 };
}

for (const peerWorkers of [1, 3]) {
  test.serial(
    `PI6: a reader at 80 % of two peers' rate, one four times as fast, never waits after 5 s, peer-workers: ${peerWorkers}`,
    async (t) => {
      const swarm = new FairSwarm({
        seed: 1,
        lengthBytes: readBytesPerSecond * (readMs / 1_000),
        pieceLengthBytes: 262_144,
        peerWorkers,
        line: lineOf(10_000_000),
      });
      await swarm.addScriptedSeeder(lineOf(slowBytesPerSecond));
      await swarm.addScriptedSeeder(lineOf(fastBytesPerSecond));
      const leecher = await swarm.addLeecher();
      const beganAtMs = swarm.nowMs;
      const plan = { bytesPerSecond: readBytesPerSecond, aheadMs: 10_000 };
      const reader = new SimulatedReader(swarm, leecher, plan);
      await reader.read(readMs);
      const stalls = reader.stallsAtMs.map((atMs) => atMs - beganAtMs);
      t.log(`${stalls.length} waits, the last at ${stalls.at(-1) ?? 0} ms`);
      t.true(reader.readBytes > 0.8 * readBytesPerSecond * (readMs / 1_000), swarm.table());
      t.deepEqual(
        stalls.filter((atMs) => atMs > startMs),
        [],
        swarm.table(),
      );
    },
  );
}
