// Many torrents in a memory that is too small for all their pieces. Figures are a sixteenth of those that users have (4
// MiB pieces in 64 MiB), so that it takes seconds; FAIR_MEMORY=exact runs the real ones.

import test from "ava";
import { SharedMemoryRun, type SharedDownload } from "../support/simulated/runs/shared-memory.ts";
import { honestSeeder, type PeerScript } from "../support/simulated/swarm/peer.ts";
import { calmScenario } from "../support/simulated/runs/scenario.ts";
import { isLong } from "../support/lanes.ts";
import { seedsFor } from "../support/seeds.ts";

const kib = 1024;
const scale = process.env["FAIR_MEMORY"] === "exact" ? 16 : 1;
/** Three quarters are for downloads: room for twelve pieces. */
const memoryBytes = 4096 * kib * scale;
const pieceLengthBytes = 256 * kib * scale;
const minuteMs = 60_000;
/** Torrents that take turns in memory for twelve pieces. */
const torrents = isLong ? 200 : 50;
/** A minute for 200 of them. */
const turnMs = (minuteMs * torrents) / 200;

interface Plan {
  readonly seed: number;
  readonly pieces: number;
  readonly bytesPerSecond: number;
  readonly pieceLengthBytes?: number;
  readonly peers?: readonly PeerScript[];
}

function download(plan: Plan): SharedDownload {
  const { seed, pieces, bytesPerSecond, peers = [honestSeeder] } = plan;
  const lengthBytes = plan.pieceLengthBytes ?? pieceLengthBytes;
  const scenario = calmScenario(seed, {
    memoryBytes,
    pieceLengthBytes: lengthBytes,
    fileLengths: [pieces * lengthBytes],
    conditions: { latencyMs: 20 },
    peers,
  });
  return { scenario, bytesPerSecond };
}

function several(count: number, plan: Plan): SharedDownload[] {
  return Array.from({ length: count }, () => download(plan));
}

const slowBytesPerSecond = 25_000 * scale;

/** Each peer of the fast one has other pieces, and so it would fill all memory. */
function oneFastTenSlow(seed: number, pieceShare: number): SharedDownload[] {
  const partial = Array.from({ length: 20 }, () => ({ ...honestSeeder, hasShare: 0.3 }));
  const fast = download({
    seed,
    // It goes on after the slow ones have ended.
    pieces: (isLong ? 250 : 100) * pieceShare,
    pieceLengthBytes: pieceLengthBytes / pieceShare,
    bytesPerSecond: 400_000 * scale,
    peers: [honestSeeder, ...partial],
  });
  return [fast, ...several(10, { seed, pieces: 3, bytesPerSecond: slowBytesPerSecond })];
}

const isWhole = ({ wholeAtMs }: { wholeAtMs: number | undefined }): boolean =>
  wholeAtMs !== undefined;

for (const seed of seedsFor(1)) {
  for (const [pieces, share] of [
    ["as large", 1],
    ["smaller", 4],
  ] as const) {
    test.serial(
      `ten slow torrents take at most 1.15 × their time beside a fast one with ${pieces} pieces, seed ${seed}`,
      async (t) => {
        const run = await SharedMemoryRun.start(oneFastTenSlow(seed, share));
        t.true(await run.run(5 * minuteMs, () => run.fares.every(isWhole)), run.picture());
        const dueMs = (3 * pieceLengthBytes * 1_000) / slowBytesPerSecond;
        for (const fare of run.fares.slice(1)) {
          const { longestWaitMs, wholeAtMs = Infinity } = fare;
          t.is(run.wastedBytes(fare), 0);
          t.true(longestWaitMs <= 10_000, `one waited ${longestWaitMs} ms for a piece`);
          t.true(wholeAtMs - run.startMs < 1.15 * dueMs, `${wholeAtMs} ms instead of ${dueMs} ms`);
        }
        t.deepEqual(await run.end(), []);
      },
    );
  }
}

test.serial(
  `each of ${torrents} torrents in memory for twelve pieces gains one every ${turnMs / 1_000} s`,
  async (t) => {
    const run = await SharedMemoryRun.start(
      several(torrents, { seed: 1, pieces: 3, bytesPerSecond: 200_000 * scale }),
    );
    t.true(await run.run(10 * turnMs, () => run.fares.every(isWhole)), run.picture());
    const longest = Math.max(...run.fares.map(({ longestGapMs }) => longestGapMs));
    t.log(`${longest} ms`);
    t.true(longest <= turnMs, `${longest} ms`);
    t.is(run.wastedBytes(), 0);
    t.deepEqual(await run.end(), []);
  },
);

test.serial("torrents with silent peers do not keep the memory from the others", async (t) => {
  const silent: PeerScript = { ...honestSeeder, ignoreChance: 1 };
  const [seed, pieces, bytesPerSecond] = [2, 4, 200_000 * scale];
  const dead = several(isLong ? 40 : 20, { seed, pieces, bytesPerSecond, peers: [silent] });
  const good = several(isLong ? 20 : 10, { seed, pieces, bytesPerSecond });
  const run = await SharedMemoryRun.start([...dead, ...good]);
  const fares = run.fares.slice(dead.length);
  t.true(await run.run(5 * minuteMs, () => fares.every(isWhole)), run.picture());
  const longest = Math.max(...fares.map(({ longestGapMs }) => longestGapMs));
  t.true(longest <= minuteMs, `${longest} ms`);
  t.is(run.wastedBytes(), 0);
  t.deepEqual(await run.end(), []);
});

test.serial(
  "torrents whose peers send a block every seven seconds all complete, in half of the memory for their pieces",
  async (t) => {
    const slow: PeerScript = { ...honestSeeder, leastServeMs: 7_000 };
    const pieces = isLong ? 2 : 1;
    const run = await SharedMemoryRun.start(
      several(24, { seed: 3, pieces, bytesPerSecond: 1_000_000, peers: [slow] }),
    );
    const pieceMs = (pieceLengthBytes / 16_384) * 7_000;
    // Twice as many as memory holds, and a piece given up at most at the first try.
    t.true(await run.run(4 * pieces * pieceMs, () => run.fares.every(isWhole)), run.picture());
    const wholeBytes = 24 * pieces * pieceLengthBytes;
    t.true(run.wastedBytes() < 0.1 * wholeBytes, `${run.wastedBytes()} bytes came for nothing`);
    t.deepEqual(await run.end(), []);
  },
);
