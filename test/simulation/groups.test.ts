// Groups of torrents with limits of their own, in production engines.

import test from "ava";
import type { BandwidthPriority } from "@troupe/control";
import { isLong } from "../support/lanes.ts";
import { enginePort, type SimulatedEngine } from "../support/simulated/engine/engine.ts";
import { calmScenario, engineHost } from "../support/simulated/runs/scenario.ts";
import { honestSeeder } from "../support/simulated/swarm/peer.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

/** Rates and lengths of the gate, in those of the long lanes. */
const scale = isLong ? 1 : 0.5;
const groupLimit = 420_000 * scale;
const engineLimit = 2_000_000 * scale;
const peersEach = 3;

/** The torrents: three of the group that is slow, and one beside it. */
const members: readonly (readonly [group: string | undefined, priority: BandwidthPriority])[] = [
  ["slow", "high"],
  ["slow", "normal"],
  ["slow", "low"],
  [undefined, "normal"],
];

/** More than each gets: the torrent beside the group is the fastest. */
const fileLengths = isLong ? [96, 96, 96, 96] : [12, 12, 12, 48];

/** An engine whose group `slow` has a limit, and the payload of each torrent in a run. */
async function grouped(peerWorkers: number) {
  const swarms: SimulatedSwarm[] = [];
  for (const [index] of members.entries()) {
    const scenario = calmScenario(1, {
      pieceLengthBytes: 65_536,
      fileLengths: [(fileLengths[index] ?? 0) << 20],
      conditions: { bytesPerSecond: 10_000_000 },
    });
    const within = swarms.at(-1);
    swarms.push(new SimulatedSwarm(scenario, within === undefined ? {} : { within }));
  }
  const [first] = swarms;
  if (first === undefined) throw new Error("no swarm");
  const engine = await first.addEngine(engineHost, { peerWorkers, memoryBytes: 64 << 20 });
  engine.setLimits({ down: engineLimit });
  engine.set({ groups: { slow: { limits: { down: groupLimit } } } });
  for (const [index, swarm] of swarms.entries()) {
    for (let peer = 0; peer < peersEach; peer++) await swarm.addPeer(honestSeeder);
    const [group, bandwidthPriority = "normal"] = members[index] ?? [];
    const settings = { bandwidthPriority, ...(group !== undefined && { group }) };
    await first.world.settle(engine.add(swarm.torrent, "download", undefined, { settings }));
  }
  const total = ({ torrent }: SimulatedSwarm): number =>
    engine.jobOf(torrent)?.content.traffic.total("downloadedBytes") ?? 0;
  return {
    engine,
    swarms,
    /** Bytes a second of each torrent. */
    async ratesOf(seconds: number): Promise<readonly number[]> {
      const before = swarms.map(total);
      await first.world.run(1_000 * seconds);
      return swarms.map((swarm, index) => (total(swarm) - (before[index] ?? 0)) / seconds);
    },
  };
}

const sum = (rates: readonly number[]): number => rates.reduce((all, rate) => all + rate, 0);
const isNear = (rate: number, due: number, part: number): boolean =>
  Math.abs(rate / due - 1) <= part;

for (const peerWorkers of [1, 3]) {
  test.serial(
    `L09: torrents share the limit of their group by their priorities, beside faster torrents, peer-workers: ${peerWorkers}`,
    async (t) => {
      const { engine, ratesOf, swarms } = await grouped(peerWorkers);
      await ratesOf(5);
      const rates = await ratesOf(30);
      const figures = rates.map((rate) => Math.round(rate)).join(", ");
      t.log(figures);
      const [high = 0, normal = 0, low = 0, outside = 0] = rates;
      const ofGroup = [high, normal, low];
      t.true(isNear(sum(ofGroup), groupLimit, 0.03), figures);
      for (const [at, share] of [4, 2, 1].entries())
        t.true(isNear(ofGroup[at] ?? 0, (groupLimit * share) / 7, 0.1), figures);
      t.true(isNear(outside, engineLimit - groupLimit, 0.05), figures);

      const [, , last] = swarms;
      if (last === undefined) throw new Error("no swarm");
      engine.changeTorrent(last.torrent, { group: null });
      engine.set({ groups: { slow: { limits: { down: groupLimit / 2 } } } });
      await ratesOf(2);
      const [movedHigh = 0, movedNormal = 0, moved = 0] = await ratesOf(10);
      t.log(movedHigh, movedNormal, moved);
      t.true(isNear(movedHigh + movedNormal, groupLimit / 2, 0.05), "the group's new limit");
      t.true(moved > groupLimit, "the torrent has left the group");
    },
  );
}

test.serial("L09: the limit of a group holds over a restart of a peer-worker", async (t) => {
  const { engine, ratesOf } = await grouped(2);
  await ratesOf(5);
  engine.kill("peer-0");
  await ratesOf(4);
  const rates = await ratesOf(20);
  t.log(rates.map((rate) => Math.round(rate)).join(", "));
  t.true(isNear(sum(rates.slice(0, 3)), groupLimit, 0.05));
});

/** Two seeds of one group, with takers that ask for all. */
async function seeding(takersEach: number) {
  const scenario = calmScenario(1, {
    pieceLengthBytes: 65_536,
    fileLengths: [(32 << 20) * scale],
    conditions: { bytesPerSecond: 10_000_000 },
  });
  const first = new SimulatedSwarm(scenario);
  const swarms = [first, new SimulatedSwarm(scenario, { within: first })];
  const options = { memoryBytes: 64 << 20, uploadSlots: "all" } as const;
  const engine = await first.addEngine(engineHost, options);
  engine.set({ groups: { seeds: { limits: { up: groupLimit } } } });
  const dials = [{ host: engineHost, port: enginePort }];
  const taker = { ...honestSeeder, hasShare: 0, wants: true, dials, isUnannounced: true };
  const settings = { group: "seeds" };
  for (const swarm of swarms) {
    swarm.fillDisk(engine.machine);
    await first.world.settle(engine.add(swarm.torrent, "seed-only", undefined, { settings }));
    for (let peer = 0; peer < takersEach; peer++) await swarm.addPeer(taker);
  }
  return { engine, run: (seconds: number) => first.world.run(1_000 * seconds) };
}

const uploaded = ({ jobs }: SimulatedEngine): number =>
  sum(jobs.map(({ content }) => content.traffic.total("uploadedBytes")));

const slotsOf = ({ jobs }: SimulatedEngine): number =>
  sum(jobs.map(({ choker }) => [...choker.unchoked()].length));

test.serial("L09: the seeds of a group share its upload limit and its slots", async (t) => {
  const { engine, run } = await seeding(5);
  await run(5);
  t.is(slotsOf(engine), 10);
  const before = uploaded(engine);
  await run(20);
  t.true(isNear((uploaded(engine) - before) / 20, groupLimit, 0.03), `${uploaded(engine)}`);
  const limits = { up: groupLimit };
  for (const uploadSlots of [4, 2, 6]) {
    engine.set({ groups: { seeds: { limits, uploadSlots } } });
    await run(1);
    t.is(slotsOf(engine), uploadSlots, `${uploadSlots} slots after a second`);
  }
  engine.set({ groups: { seeds: { limits } } });
  await run(1);
  t.is(slotsOf(engine), 10);
});
