// EX10: the ways in which a job starts, and what each of them believes. A magnet link is in test/simulation/magnets.test.ts.

import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "ava";
import { Coordinator, Torrent } from "@troupe/coordinator";
import { quickDisk } from "../support/files/quick-disk.ts";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { quiet } from "../support/swarm/quiet.ts";

const pieceLengthBytes = 32 * 1024;
const shape = {
  pieceLengthBytes,
  files: [
    { path: ["a"], lengthBytes: 300_000 },
    { path: ["deep", "b"], lengthBytes: 200_001 },
  ],
};
const pieces = Math.ceil(500_001 / pieceLengthBytes);
const local = { ...quiet, port: 0, bind: ["127.0.0.1"], host: "inline" } as const;

/** Starts it, and tells how many pieces it had, looked at, and had then. */
async function begun(
  torrent: Torrent,
): Promise<{ readonly looked: number; readonly found: number }> {
  let looked = 0;
  torrent.on("checking", ({ total }) => (looked = total));
  torrent.start();
  const { passed } = await torrent.checked;
  return { looked, found: passed };
}

test.serial(
  "EX10: a new job from a .torrent file, from its bytes and from its info-hash",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    await swarm.seed({ engine: { host: "inline" } });
    const stateDirectory = swarm.folder("state").path;
    const path = join(swarm.folder("torrent").path, "job.torrent");
    writeFileSync(path, swarm.metainfo);
    await using coordinator = await Coordinator.start({ ...local, stateDirectory });
    for (const source of [path, swarm.metainfo, swarm.infoHash]) {
      const directory = swarm.folder("data").path;
      const torrent = await coordinator.add(source, { directory, start: false });
      t.deepEqual(await begun(torrent), { looked: 0, found: 0 });
      await torrent.completed;
      await assertSameFiles(t, swarm.payload, directory);
      await torrent.remove();
    }
  },
);

test.serial("EX10: a new job in a folder that has its files", async (t) => {
  await using swarm = await Swarm.open(shape);
  const directory = swarm.folder("data").path;
  for (const path of swarm.payload.paths) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    copyFileSync(join(swarm.payload.folder, path), join(directory, path));
  }
  await using coordinator = await Coordinator.start(local);
  const torrent = await coordinator.add(swarm.metainfo, { directory, start: false });
  t.deepEqual(await begun(torrent), { looked: pieces, found: pieces });
  t.true(torrent.isSeed);
});

test.serial("EX10: a job folder, created and loaded", async (t) => {
  await using swarm = await Swarm.open(shape);
  await swarm.seed({ engine: { host: "inline" } });
  const folder = join(swarm.folder("jobs", quickDisk()).path, "job");
  {
    await using torrent = await Torrent.create(folder, swarm.metainfo, { ...local, start: false });
    t.deepEqual(await begun(torrent), { looked: 0, found: 0 });
    await torrent.completed;
  }
  await using torrent = await Torrent.load(folder, { ...local, start: false });
  t.deepEqual(await begun(torrent), { looked: 0, found: pieces });
  t.true(torrent.isSeed);
});

test.serial("EX10: a job from the record of the session, with its priorities", async (t) => {
  await using swarm = await Swarm.open(shape);
  await swarm.seed({ engine: { host: "inline" } });
  const stateDirectory = swarm.folder("state", quickDisk()).path;
  const directory = swarm.folder("data", quickDisk()).path;
  {
    await using coordinator = await Coordinator.start({ ...local, stateDirectory });
    const torrent = await coordinator.add(swarm.metainfo, { directory, priorities: [1, 0] });
    await torrent.completed;
  }
  await using coordinator = await Coordinator.start({ ...local, stateDirectory });
  const { torrents } = await coordinator.restore();
  const [torrent] = torrents;
  if (torrent === undefined) return t.fail("not restored");
  const ofFirst = Math.ceil(300_000 / pieceLengthBytes);
  // The piece that ends in an unwanted file lies partly in the part file, and is hashed.
  t.deepEqual(await begun(torrent), { looked: 1, found: ofFirst });
  torrent.setPriority(1, 1);
  await new Promise<void>((resolve) => {
    torrent.on("piece", () => {
      if (torrent.isSeed) resolve();
    });
  });
  await assertSameFiles(t, swarm.payload, directory);
});
