// Data lies in one folder while it downloads, and moves to another when it is complete.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { Coordinator, type AddOptions, type Torrent } from "@troupe/coordinator";
import { assertSameFiles } from "../support/clients/interop.ts";
import { filesBelow } from "../support/files/files-below.ts";
import { SmallDisk } from "../support/files/small-disk.ts";
import { torrentBytes } from "../support/files/torrent-file.ts";
import { quiet } from "../support/swarm/quiet.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { until } from "../support/time/until.ts";

const shape = {
  pieceLengthBytes: 32 * 1024,
  files: [
    { path: ["a.bin"], lengthBytes: 300_000 },
    { path: ["deep", "b.txt"], lengthBytes: 200_001 },
    { path: ["empty"], lengthBytes: 0 },
  ],
};
const local = { ...quiet, port: 0, bind: ["127.0.0.1"] } as const;

interface SceneOptions {
  /** Default `inline`. */
  readonly host?: "threads" | "inline";
  /** The seeder gives metadata, too. */
  readonly isMagnet?: boolean;
}

/** A swarm with a seeder whose door is open; folders for incomplete and complete torrents. */
async function seeded({ host = "inline", isMagnet = false }: SceneOptions = {}) {
  const swarm = await Swarm.open(shape);
  const door = await swarm.pacedSeeder();
  const { port } = isMagnet ? (await swarm.seed({ engine: { host: "inline" } })).coordinator : door;
  const peers = [{ host: "127.0.0.1", port }];
  const incompleteDirectory = swarm.folder("part").path;
  const directory = swarm.folder("data").path;
  const added: AddOptions = { peers, useTrackers: false, incompleteDirectory, directory };
  const stateDirectory = swarm.folder("state").path;
  const start = () => Coordinator.start({ ...local, host, stateDirectory });
  return { swarm, door, added, incompleteDirectory, directory, stateDirectory, start };
}

const filesIn = (folder: string): readonly string[] =>
  filesBelow(folder).filter((path) => !path.startsWith(".troupe/"));

/** Names of events from now on, in their order. */
function eventsOf(torrent: Torrent): string[] {
  const events: string[] = [];
  torrent.on("complete", () => events.push("complete"));
  torrent.on("moved", ({ directory }) => events.push(`moved to ${directory}`));
  torrent.on("stopped", () => events.push("stopped"));
  torrent.on("warning", ({ code }) => events.push(code));
  return events;
}

async function comesTo(torrent: Torrent, state: Torrent["state"]): Promise<void> {
  while (torrent.state !== state)
    await new Promise<void>((resolve) => {
      torrent.once("state", () => resolve());
    });
}

async function hasPiece(torrent: Torrent): Promise<void> {
  await until("a piece", () => torrent.progress.haveBytes > 0);
}

async function isWholeIn(t: ExecutionContext, { payload }: Swarm, folder: string): Promise<void> {
  await assertSameFiles(t, payload, folder);
}

test("E10: a torrent lies in the folder for incomplete torrents until it is complete, and then seeds from its own", async (t) => {
  const { swarm, added, incompleteDirectory, directory, start } = await seeded({ host: "threads" });
  await using _swarm = swarm;
  await using coordinator = await start();
  const torrent = await coordinator.add(swarm.metainfo, added);
  const events = eventsOf(torrent);
  t.is(torrent.directory, incompleteDirectory);
  torrent.once("piece", () => t.deepEqual(filesIn(directory), []));
  await torrent.arrived;
  t.is(torrent.directory, directory);
  t.deepEqual(events, ["complete", `moved to ${directory}`]);
  t.deepEqual(filesIn(incompleteDirectory), []);
  await isWholeIn(t, swarm, directory);
  await comesTo(torrent, "active");
  const peers = [{ host: "127.0.0.1", port: coordinator.port }];
  const { record, folder } = await swarm.join({ torrent: { useTrackers: false, peers } });
  await record.torrent.completed;
  await isWholeIn(t, swarm, folder);
  t.deepEqual(events, ["complete", `moved to ${directory}`]);
});

test("E10: a torrent that is added again stays in its folder, before and after its move", async (t) => {
  const { swarm, added, incompleteDirectory, directory, start } = await seeded();
  await using _swarm = swarm;
  {
    await using coordinator = await start();
    const torrent = await coordinator.add(swarm.metainfo, { ...added, priorities: [1, 0, 1] });
    await torrent.completed;
  }
  // The close has cut the move off, or the move has ended. The same call completes it.
  for (const expected of [200_001, 0]) {
    await using coordinator = await start();
    const torrent = await coordinator.add(swarm.metainfo, added);
    await torrent.arrived;
    t.true(torrent.downloaded <= expected + 32 * 1024, `${torrent.downloaded} bytes`);
    t.is(torrent.directory, directory);
  }
  t.deepEqual(filesIn(incompleteDirectory), []);
  await isWholeIn(t, swarm, directory);
});

test("E10: files that are whole in the final folder are neither fetched nor moved", async (t) => {
  const { swarm, added, incompleteDirectory, directory, start } = await seeded();
  await using _swarm = swarm;
  await cp(join(swarm.payload.folder, "payload"), join(directory, "payload"), { recursive: true });
  await using coordinator = await start();
  const torrent = await coordinator.add(swarm.metainfo, added);
  const events = eventsOf(torrent);
  await torrent.arrived;
  t.is(torrent.downloaded, 0);
  t.is(torrent.directory, directory);
  t.deepEqual(events, ["complete"]);
  t.deepEqual(filesIn(incompleteDirectory), []);
});

test("E10: a magnet joins the files that lie in its final folder", async (t) => {
  const { swarm, added, directory, start } = await seeded({ isMagnet: true });
  await using _swarm = swarm;
  await cp(join(swarm.payload.folder, "payload"), join(directory, "payload"), { recursive: true });
  await using coordinator = await start();
  const torrent = await coordinator.add(`magnet:?xt=urn:btih:${swarm.infoHash}`, added);
  const events = eventsOf(torrent);
  await torrent.arrived;
  t.is(torrent.downloaded, 0);
  t.is(torrent.directory, directory);
  t.deepEqual(events, [`moved to ${directory}`, "complete"]);
});

test("E10: a magnet moves when it is complete", async (t) => {
  const { swarm, added, directory, start } = await seeded({ isMagnet: true });
  await using _swarm = swarm;
  await using coordinator = await start();
  const torrent = await coordinator.add(`magnet:?xt=urn:btih:${swarm.infoHash}`, added);
  await torrent.arrived;
  t.is(torrent.directory, directory);
  await isWholeIn(t, swarm, directory);
});

test("E10, E11: the folders may be on two devices, and a restart finds the torrent in the final folder", async (t) => {
  const disk = await SmallDisk.mount(8 << 20);
  if (disk === undefined) {
    t.is(process.env["CI"], undefined, "CI must be able to mount a tmpfs");
    return;
  }
  await using _disk = disk;
  const { swarm, added, start } = await seeded();
  await using _swarm = swarm;
  const moveTo = join(disk.path, "final");
  {
    await using coordinator = await start();
    const torrent = await coordinator.add(swarm.metainfo, { ...added, moveTo });
    await torrent.arrived;
    t.is(torrent.directory, moveTo);
  }
  await isWholeIn(t, swarm, moveTo);
  await using coordinator = await start();
  const { torrents } = await coordinator.restore();
  t.deepEqual(
    torrents.map(({ directory }) => directory),
    [moveTo],
  );
  await torrents[0]?.completed;
  t.is(torrents[0]?.downloaded, 0);
  await coordinator.close();
});

test("E10: a torrent that cannot move seeds where it is, and moves at its next start", async (t) => {
  const { swarm, added, incompleteDirectory, directory, start } = await seeded();
  await using _swarm = swarm;
  const taken = join(directory, "payload", "a.bin");
  await using coordinator = await start();
  const torrent = await coordinator.add(swarm.metainfo, added);
  const events = eventsOf(torrent);
  const blocked = new Promise<void>((resolve) => {
    torrent.once("piece", () => {
      mkdirSync(join(directory, "payload"));
      writeFileSync(taken, "something else");
      resolve();
    });
  });
  await blocked;
  await torrent.arrived;
  t.deepEqual(events, ["complete", "move-failed"]);
  t.is(torrent.directory, incompleteDirectory);
  t.is(readFileSync(taken, "utf8"), "something else");
  await comesTo(torrent, "active");
  // The move brings a file without bytes: in this folder its owner could not be told.
  t.deepEqual(filesIn(incompleteDirectory), ["payload/a.bin", "payload/deep/b.txt"]);
  rmSync(taken);
  await torrent.stop();
  torrent.start();
  await new Promise<void>((resolve) => {
    torrent.on("moved", () => resolve());
  });
  t.deepEqual(events.slice(2), ["stopped", "complete", `moved to ${directory}`]);
  await torrent.arrived;
  await isWholeIn(t, swarm, directory);
});

test("E11: the final folder can be set while the torrent runs, and a move of its user comes before it", async (t) => {
  const { swarm, added, directory, start } = await seeded();
  await using _swarm = swarm;
  const [final, own] = [swarm.folder("final").path, swarm.folder("own").path];
  await using coordinator = await start();
  const torrent = await coordinator.add(swarm.metainfo, { ...added, start: false });
  torrent.set({ moveTo: final });
  torrent.start();
  await torrent.arrived;
  t.is(torrent.directory, final);
  t.false(existsSync(join(directory, "payload")));
  await torrent.remove({ data: true });
  const second = await coordinator.add(swarm.metainfo, { ...added, start: false });
  await second.move(own);
  second.start();
  await second.arrived;
  t.is(second.directory, own);
});

test("E10: a torrent whose move was cut off or refused moves when it is restored", async (t) => {
  const { swarm, added, incompleteDirectory, directory, start } = await seeded();
  await using _swarm = swarm;
  const taken = join(directory, "payload", "a.bin");
  {
    await using coordinator = await start();
    const torrent = await coordinator.add(swarm.metainfo, added);
    torrent.once("piece", () => {
      mkdirSync(join(directory, "payload"));
      writeFileSync(taken, "something else");
    });
    await torrent.arrived;
    t.is(torrent.directory, incompleteDirectory);
  }
  rmSync(taken);
  for (const isCutOff of [true, false]) {
    await using coordinator = await start();
    const { torrents } = await coordinator.restore();
    const [torrent] = torrents;
    await torrent?.completed;
    // The close ends the move at some moment.
    if (isCutOff) continue;
    await torrent?.arrived;
    t.is(torrent?.directory, directory);
    t.is(torrent?.downloaded, 0);
  }
  t.deepEqual(filesIn(incompleteDirectory), []);
  await isWholeIn(t, swarm, directory);
});

test("E10: a torrent that another program runs in the final folder keeps its place, and one that lies there is refused", async (t) => {
  const { swarm, added, incompleteDirectory, directory, start } = await seeded();
  await using _swarm = swarm;
  const other = swarm.folder("other-state").path;
  await using holder = await Coordinator.start({ ...local, host: "inline", stateDirectory: other });
  const held = await holder.add(swarm.metainfo, { directory, useTrackers: false });
  await comesTo(held, "active");
  await using coordinator = await start();
  const torrent = await coordinator.add(swarm.metainfo, added);
  const events = eventsOf(torrent);
  await torrent.arrived;
  t.deepEqual(events, ["complete", "move-failed"]);
  t.is(torrent.directory, incompleteDirectory);
  t.is(torrent.state, "active");
  await torrent.remove();
  await cp(join(swarm.payload.folder, "payload"), join(directory, "payload"), { recursive: true });
  await t.throwsAsync(coordinator.add(swarm.metainfo, added), { code: "already-running" });
});

test("L13, E10, E11: the names of files go with them to the final folder, and hold when the torrent is added again", async (t) => {
  const { swarm, door, added, incompleteDirectory, directory, start } = await seeded();
  await using _swarm = swarm;
  door.allow(150_000);
  const named = { ...added, layout: "no-folder", partSuffix: ".part" } as const;
  {
    await using coordinator = await start();
    const torrent = await coordinator.add(swarm.metainfo, {
      ...named,
      renames: [{ from: "a.bin", to: "first/a.bin" }],
    });
    await hasPiece(torrent);
    const unfinished = filesIn(incompleteDirectory);
    t.true(
      unfinished.some((path) => path.endsWith(".part")),
      unfinished.join(),
    );
    t.deepEqual(filesIn(directory), []);
    await torrent.rename("deep", "other");
  }
  door.allow(Infinity);
  await using coordinator = await start();
  const torrent = await coordinator.add(swarm.metainfo, added);
  await torrent.arrived;
  t.deepEqual(filesIn(incompleteDirectory), []);
  t.deepEqual(filesIn(directory), ["empty", "first/a.bin", "other/b.txt"]);
  t.deepEqual(
    torrent.files.map(({ path }) => path),
    ["first/a.bin", "other/b.txt", "empty"].map((path) => join(directory, path)),
  );
  const source = join(swarm.payload.folder, "payload");
  for (const [was, is] of [
    ["a.bin", "first/a.bin"],
    ["deep/b.txt", "other/b.txt"],
  ] as const)
    t.true(readFileSync(join(source, was)).equals(readFileSync(join(directory, is))), is);
});

test("E10: of two incomplete torrents with files of the same paths, the second does not write to them, and begins when the first has moved", async (t) => {
  const { swarm, door, added, incompleteDirectory, directory, start } = await seeded();
  await using _swarm = swarm;
  door.allow(150_000);
  await using others = await Swarm.open({
    ...shape,
    files: [
      { path: ["a.bin"], lengthBytes: 310_001 },
      { path: ["deep", "b.txt"], lengthBytes: 300_000 },
    ],
  });
  const peers = [await others.pacedSeeder()];
  const shelf = swarm.folder("shelf").path;
  await using coordinator = await start();
  const first = await coordinator.add(swarm.metainfo, added);
  await hasPiece(first);
  first.pause();
  const repack = torrentBytes(others.payload, []);
  const second = await coordinator.add(repack, { ...added, peers, directory: shelf });
  const { message } = await t.throwsAsync(second.completed, { code: "foreign-file" });
  t.regex(message, /until that torrent has left the folder/);
  t.false(first.isComplete);
  door.allow(Infinity);
  first.start();
  await first.arrived;
  await isWholeIn(t, swarm, directory);
  t.deepEqual(filesIn(incompleteDirectory), []);
  second.start();
  await second.arrived;
  await isWholeIn(t, others, shelf);
  t.deepEqual(filesIn(incompleteDirectory), []);
});

test("E11: a complete torrent moves with all its files to a final folder that is set", async (t) => {
  const { swarm, added, directory, start } = await seeded();
  await using _swarm = swarm;
  const shelf = swarm.folder("shelf").path;
  await using coordinator = await start();
  const torrent = await coordinator.add(swarm.metainfo, added);
  await torrent.arrived;
  await comesTo(torrent, "active");
  t.deepEqual(filesIn(directory), ["payload/a.bin", "payload/deep/b.txt", "payload/empty"]);
  torrent.set({ moveTo: shelf });
  await torrent.arrived;
  t.is(torrent.directory, shelf);
  t.deepEqual(filesIn(directory), []);
  await isWholeIn(t, swarm, shelf);
});

test("E10: a torrent that its user or a goal stops during its move has arrived, and is stopped", async (t) => {
  const { swarm, added, directory, start } = await seeded();
  await using _swarm = swarm;
  await using coordinator = await start();
  const torrent = await coordinator.add(swarm.metainfo, added);
  const events = eventsOf(torrent);
  torrent.once("complete", () => void torrent.stop());
  await torrent.arrived;
  t.deepEqual(events, ["complete", `moved to ${directory}`, "stopped"]);
  t.is(torrent.state, "stopped");
  t.is(torrent.directory, directory);
});
