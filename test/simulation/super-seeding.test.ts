// Super-seeding (BEP 16) beside plain seeding, on lines that all connections of a machine share.

import test from "ava";
import type { EngineMember } from "../support/simulated/fairness/engine-member.ts";
import { FairSwarm } from "../support/simulated/fairness/fair-swarm.ts";
import { isLongRun, sized } from "../support/simulated/runs/long-runs.ts";

const mebibyte = 1 << 20;
/** Lines of 2 and 8 Mbit/s. */
const line = { upBytesPerSecond: 250_000, downBytesPerSecond: 1_000_000 };
/** Lengths of the gate, in those of the long lanes. */
const size = sized({ gate: 0.5, long: 1, user: 1 });
const hourMs = 3_600_000;
const lookEveryMs = 250;

interface Scene {
  readonly leechers: number;
  readonly lengthBytes: number;
  readonly peerWorkers: number;
  readonly seed?: number;
}

/** A seeder and its leechers, which start together. */
async function seededBy(superSeed: boolean, { leechers, ...plan }: Scene): Promise<FairSwarm> {
  const swarm = new FairSwarm({ seed: 1, line, ...plan });
  await swarm.addSeeder(line, {}, { settings: { superSeed } });
  for (let count = 0; count < leechers; count++) await swarm.addLeecher();
  return swarm;
}

/** Whether the leechers together have every piece. */
function haveAllTogether(swarm: FairSwarm, leechers: readonly EngineMember[]): boolean {
  const { pieceCount } = swarm.swarm.torrent.metainfo.geometry;
  for (let piece = 0; piece < pieceCount; piece++)
    if (!leechers.some((leecher) => leecher.hasPiece(piece))) return false;
  return true;
}

/** Bytes that the seeder has sent when the leechers together have every piece. */
async function sentForFirstCopy(swarm: FairSwarm): Promise<number> {
  const [seeder] = swarm.of("seeder");
  const leechers = swarm.of("leecher");
  while (!haveAllTogether(swarm, leechers)) await swarm.run(lookEveryMs);
  return seeder?.sentBytes ?? Infinity;
}

/** Time from the start of the last leecher until all leechers are complete. */
async function finish(swarm: FairSwarm): Promise<number> {
  const leechers = swarm.of("leecher");
  const startedAtMs = Math.max(...leechers.map((leecher) => leecher.startedAtMs));
  await swarm.untilComplete(leechers, hourMs);
  return swarm.nowMs - startedAtMs;
}

for (const peerWorkers of isLongRun ? [1, 3] : [1]) {
  for (const leechers of isLongRun ? [2, 8, 24] : [8]) {
    test.serial(
      `B08: a super-seed sends ${leechers} leechers 1.05 × the torrent at most until they have it together, and they complete in 1.1 × the time of a plain seed at most, peer-workers: ${peerWorkers}`,
      async (t) => {
        const scene = { leechers, lengthBytes: 8 * size * mebibyte, peerWorkers };
        const plain = await seededBy(false, scene);
        const plainShare = (await sentForFirstCopy(plain)) / scene.lengthBytes;
        const plainMs = await finish(plain);
        const swarm = await seededBy(true, scene);
        const share = (await sentForFirstCopy(swarm)) / scene.lengthBytes;
        const superMs = await finish(swarm);
        t.log(`sends ${share.toFixed(3)} × the torrent, plainly ${plainShare.toFixed(3)} ×`);
        t.log(`complete in ${superMs / 1_000} s, plainly ${plainMs / 1_000} s`);
        t.true(share <= 1.05, swarm.table());
        t.true(superMs <= 1.1 * plainMs, swarm.table());
        t.false(swarm.of("seeder")[0]?.engine.jobs[0]?.superSeed.isWanted, "another seed appeared");
      },
    );
  }
}

test.serial(
  "B08: a single leecher downloads from a super-seed as fast as from a seed",
  async (t) => {
    const scene = { leechers: 1, lengthBytes: 16 * size * mebibyte, peerWorkers: 1 };
    const plainMs = await finish(await seededBy(false, scene));
    const superMs = await finish(await seededBy(true, scene));
    t.log(`${superMs / 1_000} s, plainly ${plainMs / 1_000} s`);
    t.true(superMs <= plainMs / 0.95);
  },
);

test.serial("B08: super-seeding goes on after a crash of the peer-worker", async (t) => {
  const scene = { leechers: 3, lengthBytes: 4 * mebibyte, peerWorkers: 1 };
  const swarm = await seededBy(true, scene);
  const engine = swarm.of("seeder")[0]?.engine;
  if (engine === undefined) return t.fail();
  await swarm.run(5_000);
  engine.kill("peer-0");
  await swarm.run(5_000);
  t.deepEqual(
    engine.workers.flatMap(({ torrents }) =>
      [...torrents.values()].map((opened) => opened.isSuperSeeding),
    ),
    [true],
  );
  t.true((await sentForFirstCopy(swarm)) <= 1.3 * scene.lengthBytes, swarm.table());
  await finish(swarm);
});
