// Dates, times and the mark of a service in the records of jobs, over engines and programs.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { sha1 } from "@troupe/actor-runtime/testing";
import type { Coordinator, Torrent } from "@troupe/coordinator";
import { endActor } from "@troupe/coordinator/testing";
import { decodeRecord, encodeRecord, type JobRecord } from "@troupe/messages";
import { quickDisk } from "../support/files/quick-disk.ts";
import { local, shape } from "../support/swarm/closed-job.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { Swarm } from "../support/swarm/swarm.ts";

/** A swarm, and the state folder and data folder of programs. */
async function openScene() {
  const swarm = await Swarm.open(shape);
  const stateDirectory = swarm.folder("state", quickDisk()).path;
  const directory = swarm.folder("data", quickDisk()).path;
  const run = (): Promise<Coordinator> => startEngine({ ...local, directory, stateDirectory });
  return { swarm, stateDirectory, directory, run };
}

const datesOf = ({ addedAt, completedAt, activeAt }: Torrent) => ({
  ...{ addedAt, completedAt, activeAt },
});

async function only(restored: ReturnType<Coordinator["restore"]>): Promise<Torrent> {
  const { torrents, failed } = await restored;
  const [torrent] = torrents;
  if (torrent === undefined) throw failed[0]?.error ?? new Error("no torrent came back");
  return torrent;
}

/** Rewrites the plain files of the jobs of a state folder. */
function rewrite(stateDirectory: string, change: (record: JobRecord) => JobRecord): void {
  const folder = join(stateDirectory, "torrents");
  for (const name of readdirSync(folder).filter((each) => each.endsWith(".job"))) {
    const path = join(folder, name);
    const record = decodeRecord(Uint8Array.from(readFileSync(path)), sha1);
    writeFileSync(path, encodeRecord(change(record), sha1));
  }
}

test("the dates of a torrent are kept over a crash of the engine, a move and the end of the program", async (t) => {
  const { swarm, run } = await openScene();
  await using _ = swarm;
  await swarm.seed({ engine: { host: "inline" } });
  const first = await run();
  const torrent = await first.add(swarm.metainfo);
  t.deepEqual(Object.keys(datesOf(torrent)).length, 3);
  t.is(torrent.completedAt, undefined);
  await torrent.completed;
  await torrent.stop();
  const { completedAt = 0, activeAt = 0, ...dates } = datesOf(torrent);
  t.true(dates.addedAt <= completedAt && dates.addedAt <= activeAt);
  const all = { ...dates, completedAt, activeAt };

  const restarted = new Promise<void>((resolve) => {
    first.on("worker", ({ name, state }) => {
      if (name === "engine" && state === "running") resolve();
    });
  });
  endActor(first, "engine");
  await restarted;
  torrent.set({ useTrackers: false });
  torrent.start();
  await torrent.completed;
  await torrent.move(join(swarm.folder("moved").path, "deep"));
  await torrent.stop();
  t.deepEqual(datesOf(torrent), all);
  await first.close();

  await using second = await run();
  const again = await only(second.restore());
  t.is(again.state, "stopped");
  t.deepEqual(datesOf(again), all, "before the first start");
  t.true((again.lifetime?.downloadedBytes ?? 0) >= 800_124);
  again.start();
  await again.completed;
  t.deepEqual(datesOf(again), all);
  // Another adding in the same folder is not the first one.
  await second.close();
  await using third = await run();
  const added = await third.add(swarm.metainfo, { directory: again.directory, start: false });
  t.is(added.addedAt, all.addedAt);
});

test("a record of an earlier release gets the time at which it was first seen, and keeps it", async (t) => {
  const { swarm, stateDirectory, run } = await openScene();
  await using _ = swarm;
  {
    await using coordinator = await run();
    await coordinator.add(swarm.metainfo, { start: false });
  }
  rewrite(stateDirectory, ({ dates: _dates, ...record }) => record);
  const seen: number[] = [];
  for (let time = 0; time < 2; time++) {
    await using coordinator = await run();
    const torrent = await only(coordinator.restore());
    seen.push(torrent.addedAt);
    t.deepEqual([torrent.completedAt, torrent.activeAt], [undefined, undefined]);
    await new Promise(setImmediate);
  }
  t.is(seen[0], seen[1]);
  t.true((seen[0] ?? 0) > 0);
});

test("a service restores the torrents that were added to it, and adopts others, stopped", async (t) => {
  const { swarm, directory, run } = await openScene();
  await using _ = swarm;
  const other = join(directory, "other");
  {
    await using plain = await run();
    await plain.add(swarm.metainfo, { useTrackers: false });
    t.deepEqual(await plain.restore({ served: true }), { torrents: [], failed: [] });
  }
  {
    await using service = await run();
    t.deepEqual((await service.restore({ served: true })).torrents, []);
    t.deepEqual(service.torrents, []);
    const options = { directory: other, useTrackers: false, served: true };
    await service.add(swarm.metainfo, options);
  }
  {
    // A run of the plain command keeps the mark.
    await using plain = await run();
    const options = { directory: other, useTrackers: false };
    await (
      await plain.add(swarm.metainfo, options)
    ).checked;
  }
  {
    await using service = await run();
    t.is((await only(service.restore({ served: true }))).directory, other);
    const { torrents, failed } = await service.adopt([swarm.infoHash]);
    t.deepEqual(torrents, []);
    const codes = failed.map(({ error }) => codeOf(error));
    t.deepEqual(codes.toSorted(), ["already-running", "torrent-exists"]);
    await t.throwsAsync(service.adopt(["ab".repeat(20)]), { code: "no-torrent" });
    await service.torrents[0]?.remove();
    const adopted = await only(service.adopt());
    t.deepEqual([adopted.directory, adopted.state], [directory, "stopped"]);
    t.deepEqual(await service.adopt(), { torrents: [], failed: [] });
  }
  await using service = await run();
  const restored = await only(service.restore({ served: true }));
  await new Promise(setImmediate);
  t.deepEqual([restored.directory, restored.state], [directory, "stopped"]);
});

test("a job that another program runs is not adopted, and stays as it is", async (t) => {
  const { swarm, run } = await openScene();
  await using _ = swarm;
  const plain = await run();
  const running = await plain.add(swarm.metainfo, { useTrackers: false });
  await running.checked;
  await using service = await run();
  const { torrents, failed } = await service.adopt();
  t.deepEqual(torrents, []);
  t.deepEqual(
    failed.map(({ error }) => codeOf(error)),
    ["already-running"],
  );
  t.deepEqual(service.torrents, []);
  await plain.close();
  t.is((await only(service.adopt())).state, "stopped");
});

function codeOf(error: Error): string | undefined {
  return (error as Error & { readonly code?: string }).code;
}

test("a stopped torrent shows the pieces of its record after a restart of the program, and of the engine", async (t) => {
  const { swarm, run } = await openScene();
  await using _ = swarm;
  await swarm.seed({ engine: { host: "inline" } });
  const first = await run();
  const torrent = await first.add(swarm.metainfo);
  await torrent.completed;
  await torrent.stop();
  const { haveBytes } = torrent.progress;
  t.true(haveBytes > 0);
  const restarted = new Promise<void>((resolve) => {
    first.on("worker", ({ name, state }) => {
      if (name === "engine" && state === "running") resolve();
    });
  });
  endActor(first, "engine");
  await restarted;
  t.deepEqual([torrent.isComplete, torrent.progress.haveBytes], [true, haveBytes]);
  await first.close();

  await using second = await run();
  const restored = await only(second.restore());
  t.is(restored.state, "stopped");
  t.deepEqual(
    [restored.isComplete, restored.progress.haveBytes, restored.left],
    [true, haveBytes, 0],
  );
});
