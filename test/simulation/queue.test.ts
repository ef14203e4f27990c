// Torrents in the queue of a production engine: torrents without peers are ahead of torrents that can be downloaded.

import test from "ava";
import type { SimulatedEngine } from "../support/simulated/engine/engine.ts";
import { stopAndLook } from "../support/simulated/runs/download.ts";
import { calmScenario, engineHost } from "../support/simulated/runs/scenario.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";
import { honestSeeder } from "../support/simulated/swarm/peer.ts";
import type { TorrentJob } from "../../packages/coordinator/src/torrent/torrent-job.ts";

const fileLengths = [300_000];
const queue = { maxActiveDownloads: 2, maxActiveSeeds: 1 };
const patienceMs = 600_000;

/** Two torrents without peers, then four with a seeder each, in one world. */
async function scene(seed: number) {
  const scenario = calmScenario(seed, { fileLengths });
  const swarms: SimulatedSwarm[] = [];
  for (let index = 0; index < 6; index++) {
    const within = swarms.at(-1);
    const swarm = new SimulatedSwarm(scenario, within === undefined ? {} : { within });
    swarms.push(swarm);
    if (index >= 2) await swarm.addPeer(honestSeeder);
  }
  const [first] = swarms as [SimulatedSwarm];
  const engine = await first.addEngine(engineHost, { queue });
  for (const { torrent } of swarms) await first.world.settle(engine.add(torrent));
  return { first, world: first.world, swarms, engine };
}

/** Torrents that run and count, of one kind. */
function countedOf(engine: SimulatedEngine, isSeed: boolean): TorrentJob[] {
  return engine.allJobs.filter(
    (job) => job.isRunning && job.isComplete === isSeed && !job.queueInput.pace.isSlow,
  );
}

for (const [seed, crashes] of [
  [1, 0],
  [2, 1],
] as const) {
  const title = crashes === 0 ? "" : ", also after a crash of the engine";
  test.serial(
    `F09: torrents without peers delay the others by a minute, and no limit is exceeded for more than a second${title}`,
    async (t) => {
      const { first, world, swarms, engine } = await scene(seed);
      const isHad = ({ torrent }: SimulatedSwarm) => engine.jobOf(torrent)?.isComplete === true;
      await world.run(30_000);
      t.deepEqual(
        engine.allJobs.map(({ state }) => state),
        ["active", "active", "queued", "queued", "queued", "queued"],
      );
      if (crashes > 0) engine.kill("engine");
      /** Time since which more torrents run than the limits allow. */
      let exceededSinceMs: number | undefined;
      let longestMs = 0;
      const isOver = (): boolean => {
        const isExceeded =
          countedOf(engine, false).length > queue.maxActiveDownloads ||
          countedOf(engine, true).length > queue.maxActiveSeeds;
        const { nowMs } = world.scheduler;
        exceededSinceMs = isExceeded ? (exceededSinceMs ?? nowMs) : undefined;
        longestMs = Math.max(longestMs, nowMs - (exceededSinceMs ?? nowMs));
        return swarms.slice(2).every(isHad);
      };
      await world.runUntil(isOver, patienceMs);
      t.true(longestMs <= 1_000, `${longestMs} ms`);
      const tookMs = world.scheduler.nowMs;
      t.true(tookMs > 60_000 && tookMs < 60_000 + 60_000 * (1 + crashes), `${tookMs} ms`);
      await world.run(10_000);
      t.is(countedOf(engine, true).length, queue.maxActiveSeeds);
      t.deepEqual(await stopAndLook(first, engine), []);
    },
  );
}
