// A small transfer over uTP between two engines, in which one actor of one of them is killed at one message boundary: at each of
// them with `BOUNDARIES=all`, at some of them otherwise.

import { isDeepStrictEqual } from "node:util";

import test from "ava";
import { isLong } from "../support/lanes.ts";
import { seedOr } from "../support/seeds.ts";
import { stopAndLook, untilWhole } from "../support/simulated/runs/download.ts";
import { DiskView, rightSha256 } from "../support/simulated/engine/invariants.ts";
import { calmScenario, type Kill } from "../support/simulated/runs/scenario.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

const actors = ["engine", "file-0", "records", "hash", "peer-0", "peer-1"];
/** Without `BOUNDARIES=all` one boundary in so many is tried for each actor. */
const sampleStep = isLong ? 24 : 72;
const seed = seedOr(1);
const isAll = process.env["BOUNDARIES"] === "all";
const [seederHost, leecherHost] = ["45.10.0.1", "45.10.0.2"] as const;
const options = { peerWorkers: 2, transport: "utp" } as const;

type Side = "seeder" | "leecher";

/** @returns The messages that were delivered, and what was wrong. */
async function transfer(side: Side, kills: readonly Kill[]) {
  const shape = { pieceLengthBytes: 32_768, fileLengths: [100_000, 0, 80_001], peers: [] };
  const swarm = new SimulatedSwarm(calmScenario(seed, shape));
  const { world, torrent } = swarm;
  const seeder = await swarm.addEngine(seederHost, options);
  swarm.fillDisk(seeder.machine);
  await world.settle(seeder.add(torrent, "seed-only"));
  const leecher = await swarm.addEngine(leecherHost, options);
  await world.settle(leecher.add(torrent));
  const engines = side === "seeder" ? [seeder, leecher] : [leecher, seeder];
  await untilWhole([swarm], engines, { seed, kills });
  const messages = world.deliveredMessages;
  await swarm.settle();
  const isRight = isDeepStrictEqual(new DiskView(leecher, torrent).sha256(), rightSha256(torrent));
  const wrong = [
    ...(isRight ? [] : ["the bytes differ"]),
    ...(await stopAndLook(swarm, leecher)),
    ...(await stopAndLook(swarm, seeder)),
  ];
  return { messages, wrong };
}

for (const side of ["seeder", "leecher"] as const)
  for (const [place, actor] of actors.entries())
    test.serial(
      `${actor} of the ${side} killed at any message of a transfer over uTP: it completes bit for bit and leaves nothing open, seed ${seed}`,
      async (t) => {
        const { messages } = await transfer(side, []);
        t.true(messages > 60, `${messages} messages`);
        const step = isAll ? 1 : sampleStep;
        for (let atMessage = 1 + place; atMessage <= messages; atMessage += step) {
          try {
            // One world after the other. oxlint-disable-next-line no-await-in-loop
            const { wrong } = await transfer(side, [{ atMessage, actor }]);
            t.deepEqual(wrong, [], `killed at message ${atMessage} of ${messages}`);
          } catch (error) {
            t.fail(`killed at message ${atMessage} of ${messages}: ${String(error)}`);
          }
        }
      },
    );
