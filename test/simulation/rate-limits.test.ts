// Rate limits of production engines. Figures are payload and protocol bytes together, unless noted.

import test from "ava";
import { enginePort } from "../support/simulated/engine/engine.ts";
import { FairSwarm, type FairSwarmPlan } from "../support/simulated/fairness/fair-swarm.ts";
import { LimitWatch } from "../support/simulated/fairness/limit-watch.ts";
import { isLong } from "../support/lanes.ts";
import { sized } from "../support/simulated/runs/long-runs.ts";
import { honestSeeder } from "../support/simulated/swarm/peer.ts";

const kilobyte = 1_000;
const megabyte = 1_000_000;
const blockBytes = 16_384;
/** 80 Mbit/s for each peer, 8 Gbit/s for the engine. */
const peerLine = { upBytesPerSecond: 10 * megabyte, downBytesPerSecond: 10 * megabyte };
const engineLine = { upBytesPerSecond: 1_000 * megabyte, downBytesPerSecond: 1_000 * megabyte };
const peerWorkerCounts = [1, 3];
/** Rates and lengths of the gate, in those of the long lanes. */
const scale = isLong ? 1 : 0.2;

async function swarmOf(
  seeders: number,
  plan: Pick<FairSwarmPlan, "lengthBytes"> & Partial<FairSwarmPlan>,
): Promise<FairSwarm> {
  const swarm = new FairSwarm({
    seed: 1,
    line: peerLine,
    memoryBytes: 64 << 20,
    maxPeers: 600,
    ...plan,
  });
  for (let count = 0; count < seeders; count++) await swarm.addScriptedSeeder();
  return swarm;
}

for (const peerWorkers of peerWorkerCounts) {
  test.serial(
    `D10: ten peers share a download of 10 kB/s, which is never ahead of its limit, peer-workers: ${peerWorkers}`,
    async (t) => {
      const down = 10 * kilobyte;
      const seconds = sized({ gate: 120, long: 900, user: 3_600 });
      const swarm = await swarmOf(10, { lengthBytes: down * (seconds + 60), peerWorkers });
      const leecher = await swarm.addLeecher(engineLine, { down });
      const watch = new LimitWatch(swarm, leecher);
      await watch.run(seconds);
      const { ahead, behind } = watch.distances(down, 10);
      const window = sized({ gate: 90, long: 600, user: 1_800 });
      const share = watch.leastShare(window, isLong ? 60 : 15);
      t.log(`${ahead} ahead, ${behind} bytes behind, the least share ${share.toFixed(2)}`);
      t.true(ahead <= 2 * blockBytes, `${ahead} bytes ahead`);
      t.true(behind <= 2 * blockBytes, `${behind} bytes behind`);
      t.true(share >= 0.5, `the least share is ${share}`);
    },
  );

  // Seconds, and over how many of them no peer may get less than half of the mean.
  const plans = sized({
    gate: [{ down: 0.2 * megabyte, peers: 20, seconds: 60, window: 45 }],
    long: [{ down: megabyte, peers: 100, seconds: 60, window: 45 }],
    user: [
      { down: megabyte, peers: 500, seconds: 360, window: 300 },
      { down: 20 * megabyte, peers: 500, seconds: 50, window: 30 },
    ],
  });
  for (const { down, peers, seconds, window } of plans) {
    test.serial(
      `D10: ${peers} peers share a download of ${down / megabyte} MB/s, peer-workers: ${peerWorkers}`,
      async (t) => {
        const lengthBytes = down * (seconds + 2);
        const swarm = await swarmOf(peers, { lengthBytes, peerWorkers });
        const leecher = await swarm.addLeecher(engineLine, { down });
        const watch = new LimitWatch(swarm, leecher);
        await watch.run(seconds);
        const overFive = watch.rates(5, 10).map((rate) => rate / down);
        const [least, most] = [Math.min(...overFive), Math.max(...overFive)];
        const mostInSecond = Math.max(...watch.rates(1, 10)) / down;
        const share = watch.leastShare(window, 15);
        const connected = watch.seconds.at(-1)?.byHost.size;
        const figures = `${least.toFixed(3)} to ${most.toFixed(3)} of the limit over 5 s, ${mostInSecond.toFixed(3)} in a second, the least share ${share.toFixed(2)}`;
        t.log(figures);
        t.is(connected, peers);
        t.true(least >= 0.95 && most <= 1.05, figures);
        t.true(mostInSecond <= 1.25, figures);
        t.true(share >= 0.5, figures);
      },
    );
  }
}

const tenKilobytes = { up: 10 * kilobyte, peers: 10 };
const uploads = sized({
  gate: [
    { ...tenKilobytes, seconds: 120, window: 90 },
    { up: 0.2 * megabyte, peers: 12, seconds: 40, window: 25 },
  ],
  long: [
    { ...tenKilobytes, seconds: 700, window: 600 },
    { up: megabyte, peers: 60, seconds: 40, window: 25 },
  ],
  user: [
    { ...tenKilobytes, seconds: 3_600, window: 1_800 },
    { up: megabyte, peers: 500, seconds: 360, window: 300 },
    { up: 20 * megabyte, peers: 500, seconds: 320, window: 300 },
  ],
});
for (const { up, peers, seconds, window } of uploads) {
  test.serial(`D10: ${peers} peers share an upload of ${up / kilobyte} kB/s`, async (t) => {
    const swarm = await swarmOf(0, { lengthBytes: 40 * scale * megabyte, uploadSlots: "all" });
    const seeder = await swarm.addSeeder(engineLine, { up });
    for (let count = 0; count < peers; count++) await swarm.addTaker(seeder);
    await swarm.run(2_000);
    const watch = new LimitWatch(swarm, seeder, "up");
    await watch.run(seconds);
    const { ahead, behind } = watch.distances(up, 10);
    const overFive = watch.rates(5, 10).map((rate) => rate / up);
    const [least, most] = [Math.min(...overFive), Math.max(...overFive)];
    const mostInSecond = Math.max(...watch.rates(1, 10)) / up;
    const share = watch.leastShare(window, 12);
    const figures = `${ahead} ahead, ${behind} bytes behind, ${least.toFixed(3)} to ${most.toFixed(3)} of the limit over 5 s, ${mostInSecond.toFixed(3)} in a second, the least share ${share.toFixed(2)}`;
    t.log(figures);
    // Bytes that were granted before the watch may arrive after its start.
    t.true(ahead <= 2 * blockBytes + Math.max(blockBytes, up / 4), figures);
    t.true(behind <= 2 * blockBytes + 0.01 * up * seconds, figures);
    if (up > 10 * kilobyte) t.true(least >= 0.95 && most <= 1.05 && mostInSecond <= 1.25, figures);
    t.true(share >= 0.5, figures);
  });
}

test.serial("D10: a limit that changes while a torrent runs holds after 2 s", async (t) => {
  const swarm = await swarmOf(20, { lengthBytes: 150 * scale * megabyte });
  const leecher = await swarm.addLeecher(engineLine, { down: 8 * scale * megabyte });
  await swarm.run(2_000);
  const rates: string[] = [];
  for (const down of [2, 0.5, 4].map((rate) => rate * scale * megabyte)) {
    leecher.engine.setLimits({ down });
    await swarm.run(2_000);
    const watch = new LimitWatch(swarm, leecher);
    await watch.run(5);
    const [mean = 0] = watch.rates(5, 0);
    const most = Math.max(...watch.rates(1, 0));
    rates.push(`${down}: ${mean}, ${most} in a second`);
    t.true(Math.abs(mean / down - 1) <= 0.05, rates.at(-1));
    t.true(most <= 1.25 * down, rates.at(-1));
  }
  leecher.engine.setLimits({});
  const watch = new LimitWatch(swarm, leecher);
  await watch.run(2);
  t.true(watch.payloadRate > 10 * scale * megabyte, `${watch.payloadRate} without a limit`);
  t.log(rates.join("; "));
});

test.serial("D10: the limit holds and is used fully over a restart of a peer-worker", async (t) => {
  const down = megabyte;
  const swarm = await swarmOf(20, { lengthBytes: 30 * megabyte, peerWorkers: 2 });
  const leecher = await swarm.addLeecher(engineLine, { down });
  await swarm.run(5_000);
  const watch = new LimitWatch(swarm, leecher);
  leecher.engine.kill("peer-0");
  await watch.run(8);
  const rates = watch.rates(1, 0).map((rate) => Math.round(rate / kilobyte));
  t.log(`${rates.join(", ")} kB/s`);
  t.true(Math.max(...rates) <= 1_250, String(rates));
  t.true(Math.min(...rates.slice(3)) >= 950, String(rates));
  t.is(leecher.engine.crashes.length, 1, "the worker has ended, and no other actor");
});

test.serial("D10: a fast download leaves half of a low upload limit to payload", async (t) => {
  // The requests of such a download alone would take all of the limit.
  const [up, down] = isLong ? [10 * kilobyte, 20 * megabyte] : [5 * kilobyte, 5 * megabyte];
  const seconds = sized({ gate: 20, long: 16, user: 60 });
  // The download ends a second after the watch.
  const swarm = await swarmOf(30, { lengthBytes: down * (seconds + 5) });
  const leecher = await swarm.addLeecher(engineLine, { down, up });
  await swarm.addTaker(leecher);
  await swarm.run(4_000);
  const during = new LimitWatch(swarm, leecher, "up");
  await during.run(seconds);
  const rate = leecher.rate("receivedBytes", swarm.nowMs - 1_000 * seconds, swarm.nowMs);
  t.log(`${during.payloadRate} bytes a second up, ${rate} down`);
  t.true(rate >= 0.95 * down, `${rate} bytes a second down`);
  t.true(during.payloadRate >= 0.4 * up, `${during.payloadRate} bytes a second up`);
  await swarm.untilComplete([leecher], 30_000);
  await swarm.run(5_000);
  const after = new LimitWatch(swarm, leecher, "up");
  await after.run(60);
  t.log(`${after.payloadRate} bytes a second afterwards`);
  t.true(after.payloadRate >= 0.9 * up && after.payloadRate <= 1.1 * up, `${after.payloadRate}`);
});

test.serial("D10: an upload limit of 1 kB/s costs a download less than 2 %", async (t) => {
  const tookMs = async (limits: { readonly up?: number }): Promise<number> => {
    const swarm = await swarmOf(10, {
      lengthBytes: sized({ gate: 25, long: 100, user: 400 }) * megabyte,
      line: peerLine,
    });
    const leecher = await swarm.addLeecher(
      { ...engineLine, downBytesPerSecond: (isLong ? 10 : 2.5) * megabyte },
      limits,
    );
    await swarm.swarm.world.runUntil(() => leecher.isComplete);
    return swarm.nowMs - leecher.startedAtMs;
  };
  const free = await tookMs({});
  const limited = await tookMs({ up: kilobyte });
  t.log(`${limited} ms, without a limit ${free} ms`);
  t.true(limited <= 1.02 * free, `${limited} ms, without a limit ${free} ms`);
});

test.serial(
  "L08: peers of a local network are limited only if the limits hold there",
  async (t) => {
    const lengthBytes = 40 * scale * megabyte;
    const receivedOf = async (isLimited: boolean): Promise<number> => {
      const swarm = await swarmOf(0, { lengthBytes });
      const leecher = await swarm.addLeecher(engineLine, { down: 100 * kilobyte });
      if (isLimited) leecher.engine.set({ "limits.localNetworks": true });
      const dials = [{ host: leecher.host, port: enginePort }];
      const script = { ...honestSeeder, dials, isUnannounced: true };
      await swarm.addScripted(script, peerLine, "192.168.7.1");
      await swarm.run(10_000);
      return leecher.receivedBytes;
    };
    t.is(await receivedOf(false), lengthBytes);
    const limited = await receivedOf(true);
    t.true(limited > 500 * kilobyte && limited < 1.2 * megabyte, `${limited} bytes`);
  },
);

test.serial("D10: protocol bytes count under a limit, or not", async (t) => {
  const down = 200 * kilobyte;
  const sumOf = async (countsProtocol: boolean): Promise<number> => {
    const swarm = await swarmOf(20, { lengthBytes: (isLong ? 100 : 20) * megabyte });
    const leecher = await swarm.addLeecher(engineLine, { down });
    leecher.engine.set({ "limits.protocol": countsProtocol });
    await swarm.run(60_000);
    return leecher.receivedBytes;
  };
  const [counted, uncounted] = [await sumOf(true), await sumOf(false)];
  t.true(uncounted > counted, `${counted} and ${uncounted} bytes`);
  t.true(Math.abs(uncounted - 60 * down) <= down, `${uncounted} bytes`);
});
