// Torrents of version 2 and hybrids in simulated worlds (BEP 52), with crashes and liars.

import test from "ava";
import { runDownload, untilWhole } from "../support/simulated/runs/download.ts";
import { liarScenario, lies, runWithLiars, type Lie } from "../support/simulated/runs/liars.ts";
import {
  calmScenario,
  deadlyScenario,
  engineHost,
  killingOf,
  type Scenario,
} from "../support/simulated/runs/scenario.ts";
import { isLong } from "../support/lanes.ts";
import { seedsFor } from "../support/seeds.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

const versions = ["v2", "hybrid"] as const;
type Version = (typeof versions)[number];

const survives = test.macro({
  title: (_, actors: string, version: Version, seed: number) =>
    `A15, A16: ${actors} killed, ${version}, seed ${seed}: every bit is there, and no claim is false`,
  async exec(t, _: string, version: Version, seed: number, scenarioOf: (seed: number) => Scenario) {
    const { violations } = await runDownload({ ...scenarioOf(seed), version });
    t.deepEqual(violations, []);
  },
});

const peerWorkers = (seed: number): Scenario => killingOf(seed, ["peer-0", "peer-1", "peer-2"]);
const fileWorker = (seed: number): Scenario => killingOf(seed, ["file-0"]);
const records = (seed: number): Scenario => killingOf(seed, ["records", "records", "file-0"]);
const hashThreads = (seed: number): Scenario => killingOf(seed, ["hash"]);

const isFound = test.macro({
  title: (_, liars: string, version: Version, seed: number) =>
    `A16: ${liars}, ${version}, seed ${seed}: it is banned, and no other peer`,
  async exec(t, _: string, version: Version, seed: number, lie: Lie) {
    const { violations, innocent, banned, failures } = await runWithLiars(
      liarScenario(seed, [lie], { version }),
    );
    t.deepEqual(violations, []);
    t.deepEqual(innocent, []);
    t.log(`${failures} pieces failed`);
    t.is(banned.length, failures > 0 ? 1 : 0, `${failures} pieces failed`);
  },
});

for (const version of versions) {
  test.serial(`A15, A16: nothing is wasted on padding, ${version}`, async (t) => {
    const scenario = calmScenario(1, { version });
    const swarm = new SimulatedSwarm(scenario);
    const engine = await swarm.addEngine(engineHost, scenario);
    for (const script of scenario.peers) await swarm.addPeer(script);
    await swarm.world.settle(engine.add(swarm.torrent));
    await untilWhole([swarm], [engine], scenario);
    const { content } = engine.jobOf(swarm.torrent) ?? {};
    if (content === undefined) return t.fail("the torrent is gone");
    const { dataBytes, geometry } = content.ledger;
    t.true(dataBytes.totalBytes < geometry.totalBytes);
    t.is(content.traffic.total("downloadedBytes"), dataBytes.totalBytes);
  });
  for (const seed of seedsFor(isLong ? 2 : 1)) {
    test.serial(survives, "nothing is", version, seed, calmScenario);
    test.serial(survives, "peer-workers are", version, seed, peerWorkers);
    test.serial(survives, "the file-worker is", version, seed, fileWorker);
    test.serial(survives, "the records and the file-worker are", version, seed, records);
    test.serial(survives, "the hash threads are", version, seed, hashThreads);
    test.serial(survives, "any actor, the engine too, is", version, seed, deadlyScenario);
    test.serial(isFound, "a liar in every block", version, seed, lies.always);
    test.serial(isFound, "a liar in one of 16 blocks", version, seed, lies.oneOf16);
    test.serial(isFound, "a liar that disconnects", version, seed, lies.andLeave);
  }
}
