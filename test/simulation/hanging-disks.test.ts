// One disk never stops another, in virtual time: several torrents of one engine, each on a device of its own.

import test from "ava";
import {
  idleAfterMs,
  mostFileWorkers,
} from "../../packages/coordinator/src/engine/base/disk-handles.ts";
import { HangingDisks } from "../support/simulated/engine/hanging-disk.ts";
import { hash } from "node:crypto";
import { honestSeeder } from "../support/simulated/swarm/peer.ts";
import { simulatedServices } from "../support/simulated/engine/pools.ts";
import { calmScenario, engineHost } from "../support/simulated/runs/scenario.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

const patienceMs = 600_000;

/** Torrents 1, 2 … in the folders `/disk-1`, `/disk-2` … */
async function scene(count: number) {
  const disks = new HangingDisks();
  const fileWorker = disks.entry(simulatedServices.fileWorker);
  const scenario = calmScenario(1);
  const swarms: SimulatedSwarm[] = [];
  for (let index = 0; index < count; index++) {
    const within = swarms.at(-1);
    swarms.push(new SimulatedSwarm(scenario, within === undefined ? {} : { within }));
  }
  const [first] = swarms;
  if (first === undefined) throw new Error("no torrent");
  const { world } = first;
  const engine = await first.addEngine(engineHost, {
    services: { ...simulatedServices, fileWorker },
  });
  const { disk } = engine.machine;
  const folderOf = (torrent: number) => `/disk-${torrent}`;
  const swarmOf = (torrent: number) => {
    const swarm = swarms[torrent - 1];
    if (swarm === undefined) throw new Error(`no torrent ${torrent}`);
    return swarm;
  };
  const jobOf = (torrent: number) => {
    const job = engine.jobOf(swarmOf(torrent).torrent);
    if (job === undefined) throw new Error(`no torrent ${torrent}`);
    return job;
  };
  return {
    engine,
    disks,
    disk,
    world,
    folderOf,
    jobOf,
    async add(torrent: number) {
      disk.mounts.add(folderOf(torrent), BigInt(100 + torrent));
      disk.makeFolder(folderOf(torrent));
      await swarmOf(torrent).addPeer(honestSeeder);
      await world.settle(engine.add(swarmOf(torrent).torrent, "download", folderOf(torrent)));
    },
    until: (holds: () => boolean) => world.runUntil(holds, patienceMs),
    isWhole(torrent: number) {
      const { life, state } = jobOf(torrent);
      return "announced" in life.run && life.run.announced.toUser && state === "active";
    },
    /** Whether its files are as they should be. */
    isRight: (torrent: number) =>
      swarmOf(torrent).torrent.files.every(({ path, bytes }) => {
        const found = disk.readFile(`${folderOf(torrent)}/${path}`);
        return hash("sha256", found) === hash("sha256", bytes);
      }),
    /** Reads its first file; `poll` asks again until there is an answer. */
    read(torrent: number) {
      const { metainfo } = swarmOf(torrent).torrent;
      const end = metainfo.files[0]?.lengthBytes ?? 0;
      const order = { reader: torrent, file: 0, start: 0, end };
      let isAsked = false;
      const reading = {
        answer: undefined as unknown,
        poll(): boolean {
          if (isAsked || reading.answer !== undefined) return reading.answer !== undefined;
          isAsked = true;
          void engine.readFile(order, swarmOf(torrent).torrent).then((answer) => {
            isAsked = false;
            const isNothing = "lengthBytes" in answer && answer.lengthBytes === 0;
            if (!isNothing) reading.answer = answer;
          });
          return false;
        },
      };
      return reading;
    },
    faultOf: (torrent: number) => jobOf(torrent).fault,
    awake: () =>
      (engine.engine?.disks ?? [])
        .filter(({ ref }) => ref.peer !== undefined)
        .map(({ name }) => name),
  };
}

test("a hung disk is the error of its torrent alone, which continues when the disk answers", async (t) => {
  const { add, disks, until, isWhole, isRight, faultOf, folderOf, engine, jobOf } = await scene(2);
  await add(1);
  await until(() => jobOf(1).content.ledger.haveBytes > 0);
  disks.hang("file-0");
  await add(2);
  await until(() => isWhole(2));
  t.true(isRight(2));
  await until(() => jobOf(1).state === "error");
  t.is(faultOf(1)?.code, "disk-not-answering");
  t.true(faultOf(1)?.message.includes(`"${folderOf(1)}"`));
  t.is(faultOf(2), undefined);
  const warned = engine.events.filter((event) => event.event === "warning");
  t.like(warned[0], { code: "disk-slow" });
  t.true(warned.every(({ message }) => message.includes(`"${folderOf(1)}"`)));
  disks.wake("file-0");
  await until(() => isWhole(1));
  t.true(isRight(1));
});

test("G04: a hung disk holds up its own readers alone, which end with its error", async (t) => {
  const { add, disks, until, isWhole, read } = await scene(2);
  await add(1);
  await add(2);
  await until(() => isWhole(1) && isWhole(2));
  disks.hang("file-0");
  const [stuck, other] = [read(1), read(2)];
  stuck.poll();
  await until(() => other.poll());
  t.like(other.answer, { lengthBytes: 2 ** 20 });
  t.is(stuck.answer, undefined);
  await until(() => stuck.poll());
  t.like(stuck.answer, { refused: "disk-not-answering" });
});

test("a folder that does not answer is the error of its torrent, which starts by itself when it answers", async (t) => {
  const { add, disk, until, isWhole, isRight, faultOf } = await scene(2);
  disk.mounts.hanging.add(101n);
  await add(1);
  await add(2);
  await until(() => isWhole(2));
  await until(() => faultOf(1) !== undefined);
  t.like(faultOf(1), { code: "disk-not-answering" });
  disk.mounts.hanging.clear();
  await until(() => isWhole(1));
  t.true(isRight(1) && isRight(2));
});

test("nine devices have eight file-workers, and every torrent completes", async (t) => {
  const { add, until, isWhole, isRight, awake } = await scene(9);
  const all = Array.from({ length: 9 }, (_, index) => index + 1);
  for (const torrent of all) await add(torrent);
  await until(() => all.every(isWhole));
  t.is(awake().length, mostFileWorkers);
  t.true(all.every(isRight));
});

test("a file-worker without torrents ends, and starts again with the next", async (t) => {
  const { add, until, isWhole, awake, engine, world } = await scene(2);
  await add(1);
  await add(2);
  await until(() => isWhole(1) && isWhole(2));
  t.deepEqual(awake(), ["file-0", "file-1"]);
  await world.settle(engine.stopTorrents());
  await world.run(idleAfterMs + 5_000);
  t.deepEqual(awake(), []);
  engine.resume();
  await until(() => isWhole(1) && isWhole(2));
  t.deepEqual(awake(), ["file-0", "file-1"]);
  t.deepEqual(engine.crashes, []);
});

test("the crash of a file-worker does not affect torrents of another", async (t) => {
  const { add, until, isWhole, isRight, engine, jobOf } = await scene(2);
  await add(1);
  await add(2);
  await until(() => jobOf(1).content.ledger.haveBytes > 0 && jobOf(2).content.ledger.haveBytes > 0);
  const before = engine.engine?.disks[0]?.ref.peer?.epoch;
  engine.kill("file-1");
  await until(() => isWhole(1) && isWhole(2));
  t.deepEqual(
    engine.crashes.map(({ actor }) => actor),
    ["file-1"],
  );
  t.is(engine.engine?.disks[0]?.ref.peer?.epoch, before);
  t.true(isRight(1) && isRight(2));
});

test("a folder that returns on another device belongs to that device", async (t) => {
  const { add, until, isWhole, isRight, engine, world, jobOf, disk, folderOf } = await scene(2);
  await add(1);
  await add(2);
  await until(() => isWhole(1) && isWhole(2));
  t.is(jobOf(2).disk.name, "file-1");
  await world.settle(engine.stopTorrents());
  disk.mounts.add(folderOf(2), 101n);
  engine.resume();
  await until(() => isWhole(1) && isWhole(2));
  t.is(jobOf(2).disk.name, "file-0");
  t.true(isRight(2));
});
