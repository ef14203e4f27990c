// Swarms on lines, shared by all connections of a machine: peers that lie, take and give nothing, or attack a seeder.

import test from "ava";
import { FairSwarm } from "../support/simulated/fairness/fair-swarm.ts";
import type { EngineMember } from "../support/simulated/fairness/engine-member.ts";
import { jainIndex } from "../support/simulated/fairness/jain.ts";
import { isLongRun, sized } from "../support/simulated/runs/long-runs.ts";

const mebibyte = 1 << 20;
/** 2 and 8 Mbit/s. */
const line = { upBytesPerSecond: 250_000, downBytesPerSecond: 1_000_000 };
const hourMs = 3_600_000;
const peerWorkerCounts = isLongRun ? [1, 3] : [1];

interface Members {
  readonly seeders: number;
  readonly leechers: number;
  readonly liars?: number;
  readonly freeRiders?: number;
  readonly attackers?: number;
}

/** A download by all leechers. */
interface Download {
  readonly swarm: FairSwarm;
  readonly leechers: readonly EngineMember[];
  /** From the first leecher's start to the last one's end. */
  readonly tookMs: number;
}

async function download(
  members: Members,
  plan: { readonly lengthBytes: number; readonly peerWorkers: number; readonly seed?: number },
): Promise<Download> {
  const { seeders, liars = 0, freeRiders = 0, attackers = 0 } = members;
  const swarm = new FairSwarm({ seed: 1, line, ...plan });
  for (let count = 0; count < seeders; count++) await swarm.addSeeder();
  for (let count = 0; count < attackers; count++) swarm.addAttacker(swarm.of("seeder"));
  for (let count = 0; count < liars; count++) await swarm.addLiar();
  const startedAtMs = swarm.nowMs;
  for (let count = 0; count < members.leechers; count++) await swarm.addLeecher();
  for (let count = 0; count < freeRiders; count++) await swarm.addFreeRider();
  const leechers = swarm.of("leecher");
  await swarm.untilComplete(leechers, hourMs);
  return { swarm, leechers, tookMs: swarm.nowMs - startedAtMs };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Mean rates from the start to the end of each, in bytes a second. */
function ratesOf({ leechers }: Download): readonly number[] {
  return leechers.map(({ receivedBytes, tookMs = Infinity }) => (receivedBytes * 1_000) / tookMs);
}

/** Members of the runs of users, in those of the others. */
const scale = isLongRun ? 2 : 1;
for (const peerWorkers of peerWorkerCounts) {
  const lengthBytes = sized({ gate: 2, long: 4, user: 8 }) * mebibyte;
  const plan = { lengthBytes, peerWorkers };

  test.serial(
    `with 30 % liars in many /24s a swarm takes twice as long at most, peer-workers: ${peerWorkers}`,
    async (t) => {
      const members = { seeders: scale, leechers: 6 * scale };
      const clean = await download(members, plan);
      const lied = await download({ ...members, liars: 3 * scale }, plan);
      t.log(`${lied.tookMs / 1_000} s, without liars ${clean.tookMs / 1_000} s`);
      t.true(lied.tookMs <= 2 * clean.tookMs, lied.swarm.table());
    },
  );

  test.serial(
    `a swarm wastes less than 1 %, its endgame included, peer-workers: ${peerWorkers}`,
    async (t) => {
      const totalBytes = sized({ gate: 8, long: 16, user: 16 }) * mebibyte;
      const { leechers, swarm } = await download(
        { seeders: 1, leechers: 4 * scale },
        { ...plan, lengthBytes: totalBytes },
      );
      const wasted = mean(leechers.map(({ wastedBytes }) => wastedBytes)) / totalBytes;
      t.log(`${(100 * wasted).toFixed(2)} % wasted`);
      t.true(wasted < 0.01, swarm.table());
    },
  );

  test.serial(
    `leechers beside free riders get equal rates, peer-workers: ${peerWorkers}`,
    async (t) => {
      const run = await download({ seeders: 1, leechers: 9 * scale, freeRiders: 3 * scale }, plan);
      const fairness = jainIndex(ratesOf(run));
      t.log(`Jain's index ${fairness.toFixed(3)}`);
      t.true(fairness > 0.9, run.swarm.table());
    },
  );

  test.serial(
    `F06: free riders get less than 20 % of what leechers get of each other, peer-workers: ${peerWorkers}`,
    async (t) => {
      const { swarm, leechers } = await swarmWithFreeRiders(peerWorkers);
      // By then every peer has had an optimistic slot once.
      await swarm.run(isLongRun ? 0 : 40_000);
      const before = new Map(swarm.members.map((one) => [one, one.fromIncompleteBytes]));
      const since = (member: EngineMember): number =>
        member.fromIncompleteBytes - (before.get(member) ?? 0);
      // A small swarm soon lacks only what the seeder has yet to send: then uplinks are idle, and free riders may use
      // them.
      if (isLongRun) await swarm.untilComplete(leechers, hourMs);
      else await swarm.run(30_000);
      const share = mean(swarm.of("free-rider").map(since)) / mean(leechers.map(since));
      t.log(`${(100 * share).toFixed(0)} % of a leecher's bytes from incomplete peers`);
      t.true(share < 0.2, swarm.table());
    },
  );
}

/** The leechers' uplinks are the bottleneck: the seeder alone would serve them at a third of their rate. */
async function swarmWithFreeRiders(peerWorkers: number) {
  const leechers = isLongRun ? 18 : 6;
  const swarm = new FairSwarm({
    seed: 1,
    line: { upBytesPerSecond: 100_000, downBytesPerSecond: 1_000_000 },
    lengthBytes: (isLongRun ? 48 : 12) * mebibyte,
    pieceLengthBytes: 16_384,
    peerWorkers,
  });
  await swarm.addSeeder({ upBytesPerSecond: 400_000, downBytesPerSecond: 1_000_000 });
  for (let count = 0; count < leechers; count++) await swarm.addLeecher();
  for (let count = 0; count < leechers / 3; count++) await swarm.addFreeRider();
  return { swarm, leechers: swarm.of("leecher") };
}

if (isLongRun) {
  test.serial(
    "thirty leechers take at most 1.25 times as long while three attackers take all they can of the seeder",
    async (t) => {
      const plan = { lengthBytes: 8 * mebibyte, peerWorkers: 1 };
      const clean = await download({ seeders: 1, leechers: 30 }, plan);
      const attacked = await download({ seeders: 1, leechers: 30, attackers: 3 }, plan);
      t.log(`${attacked.tookMs / 1_000} s, without attackers ${clean.tookMs / 1_000} s`);
      t.true(attacked.tookMs <= 1.25 * clean.tookMs, attacked.swarm.table());
    },
  );
}
