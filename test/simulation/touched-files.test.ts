// Files that are changed while an engine is stopped, and samples after its crash, in virtual time.

import test from "ava";
import { inlineCheckPool } from "@troupe/hash-worker";
import { samplingMs } from "../../packages/coordinator/src/torrent/checks/hash-pieces.ts";
import type { EngineServices } from "../../packages/coordinator/src/engine/base/engine-services.ts";
import { downloadFolder, type SimulatedEngine } from "../support/simulated/engine/engine.ts";
import { DiskView, HaveWatch } from "../support/simulated/engine/invariants.ts";
import { simulatedServices } from "../support/simulated/engine/pools.ts";
import { calmScenario, engineHost } from "../support/simulated/runs/scenario.ts";
import { isLong } from "../support/lanes.ts";
import { seedsFor } from "../support/seeds.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

const pieceLengthBytes = 65_536;
/** Reading and hashing one sample takes so long. */
const readMs = 700;

/** An engine whose check pool takes its time. */
const slowServices: EngineServices = {
  ...simulatedServices,
  openCheckPool: (context) => {
    const soon = (task: () => void): void => void context.timers.after(readMs, task);
    return inlineCheckPool({ ...context, disk: context.disk, timers: { ...context.timers, soon } });
  },
};

/** An engine that has everything, on record and durable. */
async function wholeEngine(seed: number, services = simulatedServices) {
  const scenario = calmScenario(seed, { pieceLengthBytes });
  const swarm = new SimulatedSwarm(scenario);
  const { world, torrent } = swarm;
  const engine = await swarm.addEngine(engineHost, { ...scenario, services });
  for (const script of scenario.peers) await swarm.addPeer(script);
  await world.settle(engine.add(torrent));
  const isWhole = (): boolean => engine.jobOf(torrent)?.content.ledger.isComplete === true;
  await world.runUntil(isWhole);
  await world.run(12_000);
  return { world, torrent, engine, isWhole, path: `${downloadFolder}/${torrent.files[0]?.path}` };
}

/** Turns the bytes of a part of a file. @param isBehind Puts the modification time back. */
function turn(
  { machine: { disk } }: SimulatedEngine,
  path: string,
  { at, lengthBytes, isBehind }: { at: number; lengthBytes: number; isBehind: boolean },
): void {
  const before = disk.stat(path)?.mtimeNs ?? 0n;
  const file = disk.open(path, "write");
  const bytes = new Uint8Array(lengthBytes);
  disk.read(file, [bytes], at);
  disk.write(file, [bytes.map((byte) => ~byte)], at);
  disk.close(file);
  if (isBehind) disk.setModified(path, before);
}

for (const seed of seedsFor(isLong ? 2 : 1)) {
  test.serial(
    `a file that was changed with its modification time put back reports no missing piece, seed ${seed}`,
    async (t) => {
      const { world, torrent, engine, isWhole, path } = await wholeEngine(seed, slowServices);
      await world.settle(engine.stopTorrents());
      await world.run(1_000);
      turn(engine, path, { at: 5 * pieceLengthBytes + 7, lengthBytes: 100, isBehind: true });
      engine.events.length = 0;
      const watch = new HaveWatch(engine, torrent);
      const job = engine.jobOf(torrent);
      const startedAtMs = world.scheduler.clock.nowMs();
      const fetchedBytes = job?.content.traffic.total("downloadedBytes") ?? 0;
      engine.resume();
      await world.runUntil(() => job?.state === "active");
      t.true(world.scheduler.clock.nowMs() - startedAtMs < readMs, "it runs before it has hashed");
      t.true((job?.content.checks.suspects.size ?? 0) > 20);
      await world.runUntil(() => {
        watch.look();
        return isWhole();
      });
      t.is((job?.content.traffic.total("downloadedBytes") ?? 0) - fetchedBytes, pieceLengthBytes);
      const codes = engine.events.flatMap((said) => (said.event === "warning" ? [said.code] : []));
      t.deepEqual(codes, ["files-changed"]);
      await world.settle(engine.stop());
    },
  );

  test.serial(
    `samples after a crash delay the start by two seconds, and the others are read while the torrent runs, seed ${seed}`,
    async (t) => {
      const { world, torrent, engine, isWhole, path } = await wholeEngine(seed, slowServices);
      await dieOpen({ world, engine, path, isWhole });
      const dead = engine.jobOf(torrent);
      const diedAtMs = world.scheduler.clock.nowMs();
      // All of the last file: it is written to later than the record says, which a run that was cut off may have done.
      const last = torrent.files[4];
      turn(engine, `${downloadFolder}/${last?.path}`, {
        at: 0,
        lengthBytes: last?.bytes.length ?? 0,
        isBehind: false,
      });
      await world.runUntil(() => {
        const job = engine.jobOf(torrent);
        return job !== dead && job?.state === "active";
      });
      t.true(world.scheduler.clock.nowMs() - diedAtMs < samplingMs + 2 * readMs + 1_000);
      const left = new Set(engine.jobOf(torrent)?.content.checks.unsampled);
      t.true(left.size > 1);

      // Pieces that were not sampled yet stay so in the next run.
      await world.settle(engine.stopTorrents());
      engine.resume();
      await world.runUntil(() => engine.jobOf(torrent)?.state === "active");
      const later = [...(engine.jobOf(torrent)?.content.checks.unsampled ?? [])];
      t.true(later.every((piece) => left.has(piece)));
      t.true(later.length >= left.size - 3);

      await world.runUntil(() => engine.jobOf(torrent)?.content.checks.unsampled.size === 0);
      await world.run(1_000);
      await world.runUntil(isWhole);
      t.deepEqual(new DiskView(engine, torrent).differences(), []);
      await world.settle(engine.stop());
    },
  );
}

/** Has the engine write one piece again, and dies before the record says that all is at rest. */
async function dieOpen({
  world,
  engine,
  path,
  isWhole,
}: Pick<Awaited<ReturnType<typeof wholeEngine>>, "world" | "engine" | "path" | "isWhole">) {
  turn(engine, path, { at: 0, lengthBytes: 1, isBehind: false });
  engine.check();
  await world.runUntil(() => !isWhole());
  await world.runUntil(isWhole);
  engine.kill("engine");
}
