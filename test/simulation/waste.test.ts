// Three engines that get everything from one slow seeder, and trade it: nothing is fetched twice.

import test from "ava";
import { stopAndLook, untilWhole } from "../support/simulated/runs/download.ts";
import type { SimulatedEngine } from "../support/simulated/engine/engine.ts";
import { honestSeeder } from "../support/simulated/swarm/peer.ts";
import { calmScenario } from "../support/simulated/runs/scenario.ts";
import { isLong } from "../support/lanes.ts";
import { seedsFor } from "../support/seeds.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

const mebibyte = 1 << 20;
const totalBytes = (isLong ? 16 : 8) * mebibyte;
const leecherHosts = ["45.10.0.1", "45.10.0.2", "45.10.0.3"];
const seederHost = "45.10.0.4";
/** 800 kB/s for all three. */
const bytesPerSecond = 266_000;

type SeederKind = "serves-slowly" | "has-slow-lines" | "is-an-engine";

/** @returns Where the seeder is. */
async function addSeeder(swarm: SimulatedSwarm, kind: SeederKind): Promise<string> {
  if (kind === "is-an-engine") {
    const seeder = await swarm.addEngine(seederHost);
    swarm.fillDisk(seeder.machine);
    await swarm.world.settle(seeder.add(swarm.torrent, "seed-only"));
    return seederHost;
  }
  const leastServeMs = kind === "serves-slowly" ? (16_384 * 1_000) / bytesPerSecond : 0.1;
  const { address } = await swarm.addPeer({ ...honestSeeder, leastServeMs });
  return address.host;
}

function wastedShare(engine: SimulatedEngine, { torrent }: SimulatedSwarm): number {
  const job = engine.jobOf(torrent);
  if (job === undefined) throw new Error("bug: an engine without its torrent");
  return job.content.traffic.total("wastedBytes") / totalBytes;
}

for (const kind of ["serves-slowly", "has-slow-lines", "is-an-engine"] as const) {
  for (const seed of seedsFor(isLong ? 2 : 1)) {
    test.serial(
      `AE26: three engines and a seeder that ${kind} waste 1 % at most, seed ${seed}`,
      async (t) => {
        const scenario = calmScenario(seed, {
          pieceLengthBytes: seed % 2 === 0 ? 65_536 : 262_144,
          fileLengths: [totalBytes],
          conditions: { bytesPerSecond: 100_000_000, latencyMs: 1, jitterMs: 1 },
        });
        const swarm = new SimulatedSwarm(scenario);
        const { world, torrent } = swarm;
        const from = await addSeeder(swarm, kind);
        const leechers: SimulatedEngine[] = [];
        for (const host of leecherHosts) {
          const peerWorkers = 1 + (seed % 3);
          const leecher = await swarm.addEngine(host, { memoryBytes: totalBytes, peerWorkers });
          if (kind !== "serves-slowly") world.network.setConditions(host, from, { bytesPerSecond });
          await world.settle(leecher.add(torrent));
          leechers.push(leecher);
        }
        const tookMs = await untilWhole([swarm], leechers, scenario);
        await swarm.settle();
        for (const leecher of leechers) {
          const share = wastedShare(leecher, swarm);
          t.true(share <= 0.01, `${(100 * share).toFixed(2)} % wasted`);
          t.deepEqual(await stopAndLook(swarm, leecher), []);
        }
        // Together they need 21 s at least in the long lanes; the slowest of 60 seeds takes 42 s, the second 37 s.
        t.true(tookMs < (isLong ? 45_000 : 24_000), `${tookMs} ms`);
      },
    );
  }
}
