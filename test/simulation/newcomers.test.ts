// Peers that join a swarm whose peers have given their slots to each other.

import test from "ava";
import type { EngineMember } from "../support/simulated/fairness/engine-member.ts";
import { FairSwarm } from "../support/simulated/fairness/fair-swarm.ts";
import { isLong } from "../support/lanes.ts";
import { sampleOf } from "../support/seeds.ts";
import { isLongRun } from "../support/simulated/runs/long-runs.ts";

const runs = isLongRun ? 10 : 1;
/** The gate has a swarm of half the size: its leechers outnumber their slots too. */
const [leechers, newcomersEach] = isLong ? [24, 10] : [10, 5];
const patienceMs = 60_000;

/** A swarm of leechers that trade on slow lines: none of them completes. */
async function tradingSwarm(seed: number): Promise<FairSwarm> {
  const swarm = new FairSwarm({
    seed,
    line: { upBytesPerSecond: 20_000, downBytesPerSecond: 200_000 },
    lengthBytes: 16 << 20,
    pieceLengthBytes: 16_384,
  });
  await swarm.addSeeder();
  for (let count = 0; count < leechers; count++) await swarm.addLeecher();
  await swarm.run(90_000);
  return swarm;
}

function isUnchoked({ engine }: EngineMember): boolean {
  return engine.workers.some((worker) =>
    [...worker.contents()].some(({ sessions }) =>
      [...sessions].some(({ amChokedByPeer }) => !amChokedByPeer),
    ),
  );
}

/** @returns Newcomers that some peer has unchoked within a minute of their start. */
async function unchokedNewcomers(seed: number): Promise<number> {
  const swarm = await tradingSwarm(seed);
  let unchoked = 0;
  for (let count = 0; count < newcomersEach; count++) {
    const newcomer = await swarm.addLeecher();
    const lastMs = swarm.nowMs + patienceMs;
    while (!isUnchoked(newcomer) && swarm.nowMs < lastMs) await swarm.run(1_000);
    if (isUnchoked(newcomer)) unchoked++;
  }
  return unchoked;
}

const newcomers = runs * newcomersEach;
const leastUnchoked = Math.ceil(0.95 * newcomers);

test.serial(`${leastUnchoked} of ${newcomers} newcomers are unchoked within 60 s`, async (t) => {
  let unchoked = 0;
  for (const seed of sampleOf(runs)) unchoked += await unchokedNewcomers(seed);
  t.log(`${unchoked} of ${newcomers}`);
  t.true(unchoked >= leastUnchoked);
});
