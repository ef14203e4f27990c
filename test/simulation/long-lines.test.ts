// Lines of 100 Mbit/s over long ways: requests and batches have to cover the round trip. Sockets hold 6 MiB, as those of
// Linux do at most.

import test from "ava";
import { FairSwarm } from "../support/simulated/fairness/fair-swarm.ts";
import type { EngineMember } from "../support/simulated/fairness/engine-member.ts";
import { isLongRun, sized } from "../support/simulated/runs/long-runs.ts";

const bytesPerSecond = 12_500_000;
const line = { upBytesPerSecond: bytesPerSecond, downBytesPerSecond: bytesPerSecond };
/** Connections, the first unchokes, and requests that double each round trip until they cover the way. */
const warmUpMs = sized({ gate: 3_000, long: 4_000, user: 4_000 });
const measuredMs = sized({ gate: 1_500, long: 3_000, user: 3_000 });

interface Way {
  readonly roundTripMs: number;
  readonly peerWorkers: number;
  /** Default 256 KiB. Short ones are sent faster than the next one is read. */
  readonly pieceLengthBytes?: number;
}

function swarmOver({ roundTripMs, peerWorkers, pieceLengthBytes = 262_144 }: Way): FairSwarm {
  return new FairSwarm({
    seed: roundTripMs,
    lengthBytes: (bytesPerSecond * (warmUpMs + measuredMs + 1_000)) / 1_000,
    pieceLengthBytes,
    peerWorkers,
    memoryBytes: 64 << 20,
    line,
    conditions: { latencyMs: roundTripMs / 2, jitterMs: 0, windowBytes: 6 << 20 },
  });
}

/** Share of the line that a member's payload takes. */
async function lineShare(
  swarm: FairSwarm,
  member: EngineMember,
  field: "receivedBytes" | "sentBytes",
): Promise<number> {
  const fromMs = swarm.nowMs + warmUpMs;
  await swarm.run(warmUpMs + measuredMs);
  return member.rate(field, fromMs, swarm.nowMs) / bytesPerSecond;
}

const fills = test.macro({
  title: (what, { roundTripMs, peerWorkers }: Way) =>
    `${what} fills a line of 100 Mbit/s over a round trip of ${roundTripMs} ms, peer-workers: ${peerWorkers}`,
  async exec(t, way: Way, measure: (swarm: FairSwarm) => Promise<number>) {
    const share = await measure(swarmOver(way));
    t.log(`${(100 * share).toFixed(1)} %`);
    t.true(share >= 0.9, `${(100 * share).toFixed(1)} % of the line`);
  },
});

/** Both the uplink of an engine and the downlink of another. */
async function fromOneToOne(swarm: FairSwarm): Promise<number> {
  await swarm.addSeeder();
  return lineShare(swarm, await swarm.addLeecher(), "receivedBytes");
}

async function fromTen(swarm: FairSwarm): Promise<number> {
  // Scripted: ten engines would hash ten copies first.
  for (let peer = 0; peer < 10; peer++) await swarm.addScriptedSeeder();
  return lineShare(swarm, await swarm.addLeecher(), "receivedBytes");
}

async function toTen(swarm: FairSwarm): Promise<number> {
  const seeder = await swarm.addSeeder();
  // They exchange nothing, so that all of their bytes are the seeder's.
  for (let peer = 0; peer < 10; peer++) await swarm.addFreeRider();
  return lineShare(swarm, seeder, "sentBytes");
}

const roundTrips = isLongRun ? [1, 20, 200] : [200];
for (const roundTripMs of roundTrips) {
  for (const peerWorkers of isLongRun ? [1, 3] : [1]) {
    const way = { roundTripMs, peerWorkers };
    test.serial("an engine that downloads from another", fills, way, fromOneToOne);
    test.serial("an engine that downloads from ten peers", fills, way, fromTen);
    test.serial("an engine that seeds to ten others", fills, way, toTen);
  }
}

// The simulated hash pool digests 300 pieces a second: fewer than come, but the memory lasts for these seconds.
const pieceOfABlock = { roundTripMs: 200, peerWorkers: 1, pieceLengthBytes: 16_384 };
test.serial(
  "an engine that downloads pieces of a block from another",
  fills,
  pieceOfABlock,
  fromOneToOne,
);
