// Files that are renamed, and get their names, while they download, upload and are read.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import type { Torrent } from "@troupe/coordinator";
import { endActor } from "@troupe/coordinator/testing";
import { quickDisk } from "../support/files/quick-disk.ts";
import { filesBelow } from "../support/files/files-below.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const pieceLengthBytes = 32 * 1024;
/** Lengths that share pieces. */
const lengths = [900_001, 1_100_007, 50_003];
const names = ["one.bin", "sub/two.bin", "sub/three.bin"];
const files = names.map((path, index) => ({
  path: path.split("/"),
  lengthBytes: lengths[index] ?? 0,
}));
const totalBytes = lengths.reduce((sum, bytes) => sum + bytes, 0);
const pieces = Math.ceil(totalBytes / pieceLengthBytes);
/** Renames during a download, and pieces that may be begun and not whole. */
const [rounds, openPieces] = [60, 8];
const local = { port: 0, bind: ["127.0.0.1"] };

/** The content of each file. */
function contentsOf(swarm: Swarm): Buffer[] {
  return names.map((name) => readFileSync(join(swarm.payload.folder, "payload", name)));
}

function areWhole(swarm: Swarm, torrent: Torrent): boolean[] {
  return contentsOf(swarm).map((content, file) =>
    content.equals(readFileSync(torrent.files[file]?.path ?? "")),
  );
}

async function readAll(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts);
}

for (const options of [{}, { partSuffix: ".!qB" }]) {
  const title = "partSuffix" in options ? "E10, E11: with a suffix" : "E11:";
  test.serial(
    `${title} files are renamed while they download, upload, are read and checked, and no piece is lost or fetched twice`,
    async (t) => {
      await using swarm = await Swarm.open({ pieceLengthBytes, files }, { host: "threads" });
      const seeder = await swarm.pacedSeeder({ isShut: true });
      const { coordinator, record, folder } = await swarm.join({
        torrent: { useTrackers: false, peers: [seeder], ...options, start: false },
      });
      const { torrent } = record;
      const peers = [{ host: "127.0.0.1", port: coordinator.port }];
      const other = await swarm.join({ torrent: { useTrackers: false, peers } });
      const reading = readAll(torrent.read(1));
      torrent.start();
      let isChecking = false;
      // Each round lets some more of the payload pass.
      for (let renames = 1; renames <= rounds; renames++) {
        seeder.allow(openPieces * pieceLengthBytes + (renames * totalBytes) / rounds);
        const due = Math.max(1, Math.floor((renames * pieces) / rounds) - 1);
        await record.until(`pieces of round ${renames}`, () => record.pieces.length >= due);
        await torrent.rename(renames % 3, `round/${renames}/${renames % 3}`);
        if (renames % 5 !== 0 || isChecking) continue;
        isChecking = true;
        void torrent
          .hashcheck()
          .catch(() => undefined)
          .then(() => (isChecking = false));
      }
      await torrent.completed;
      await torrent.rename("round", "in the end");
      t.true((await reading).equals(contentsOf(swarm)[1] ?? Buffer.of()));
      await other.record.torrent.completed;
      t.deepEqual(areWhole(swarm, torrent), [true, true, true]);
      t.deepEqual(areWhole(swarm, other.record.torrent), [true, true, true]);
      t.is(seeder.givenBytes, totalBytes);
      t.deepEqual(record.errors, []);
      t.is(filesBelow(folder).length, 3);
      t.true(filesBelow(folder).every((path) => path.startsWith("in the end/")));
      await torrent.remove({ data: true });
      t.deepEqual(filesBelow(folder), []);
    },
  );
}

test.serial(
  "E10: a file has its name once it is whole, and every file at `complete`",
  async (t) => {
    await using swarm = await Swarm.open({ pieceLengthBytes, files });
    const seeder = await swarm.pacedSeeder();
    const { record, folder } = await swarm.join({
      torrent: { useTrackers: false, peers: [seeder], partSuffix: ".part", start: false },
    });
    const { torrent } = record;
    const finals = names.map((name) => join(folder, "payload", name));
    let atCompletion: string[] = [];
    let suffixed = 0;
    const missing: (string | undefined)[] = [];
    torrent.on("complete", () => (atCompletion = filesBelow(folder)));
    torrent.on("piece", () => {
      suffixed += filesBelow(folder).filter((path) => path.endsWith(".part")).length;
      for (const [file, { haveBytes, lengthBytes }] of torrent.files.entries())
        if (haveBytes === lengthBytes && !existsSync(finals[file] ?? ""))
          missing.push(finals[file]);
    });
    torrent.start();
    await torrent.completed;
    t.deepEqual(atCompletion, names.map((name) => `payload/${name}`).toSorted());
    t.deepEqual(missing, []);
    t.true(suffixed > 0);
    t.deepEqual(
      torrent.files.map(({ path }) => path),
      finals,
    );
  },
);

test.serial("E11: a rename is refused with its code, and changes nothing", async (t) => {
  await using swarm = await Swarm.open({ pieceLengthBytes, files });
  const seeder = await swarm.pacedSeeder();
  const stateDirectory = swarm.folder("state").path;
  const { record, folder } = await swarm.join({
    engine: { stateDirectory },
    torrent: { useTrackers: false, peers: [seeder] },
  });
  const { torrent } = record;
  await torrent.completed;
  writeFileSync(join(folder, "mine"), "1");
  const before = filesBelow(folder);
  for (const [from, to, code] of [
    ["payload/nothing", "x", "rename-unknown"],
    [7, "x", "rename-unknown"],
    [0, "../x", "rename-unsafe"],
    ["payload/sub", join(folder, "x"), "rename-unsafe"],
    [0, "payload/sub/two.bin", "rename-taken"],
    [0, "mine", "rename-taken"],
    [0, "mine/x", "ENOTDIR"],
    ["payload", ".troupe", "job-name-reserved"],
    [0, "", "option-out-of-range"],
  ] as const) {
    await t.throwsAsync(torrent.rename(from, to), { code }, `${from} ${to}`);
  }
  t.deepEqual(filesBelow(folder), before);
  await torrent.rename("payload/sub", "payload/other");
  await torrent.rename(1, "payload/other/2");
  t.deepEqual(filesBelow(folder), [
    "mine",
    "payload/one.bin",
    "payload/other/2",
    "payload/other/three.bin",
  ]);
});

test.serial(
  "E11: a stopped torrent gets its names at the next start, also in another engine, and nothing is hashed",
  async (t) => {
    await using swarm = await Swarm.open({ pieceLengthBytes, files });
    const seeder = await swarm.pacedSeeder();
    const stateDirectory = swarm.folder("state", quickDisk()).path;
    const folder = swarm.folder("leecher", quickDisk()).path;
    const { coordinator, record } = await swarm.join({
      folder,
      engine: { stateDirectory },
      torrent: { useTrackers: false, peers: [seeder] },
    });
    await record.torrent.completed;
    await record.torrent.stop();
    await record.torrent.rename("payload", "renamed");
    await coordinator.close();
    await using next = await startEngine({ ...local, stateDirectory });
    const [torrent] = (await next.restore()).torrents;
    const paths = names.map((name) => join(folder, "renamed", name));
    t.deepEqual(
      torrent?.files.map(({ path }) => path),
      paths,
    );
    const states: string[] = [];
    torrent?.on("state", ({ state }) => states.push(state));
    torrent?.start();
    await torrent?.completed;
    t.deepEqual(filesBelow(folder), names.map((name) => `renamed/${name}`).toSorted());
    t.false(states.includes("checking"));
    t.is(seeder.givenBytes, totalBytes);
  },
);

test.serial(
  "E11: a torrent that was only added is renamed, and a file whose new path is taken stays where it is",
  async (t) => {
    await using swarm = await Swarm.open({ pieceLengthBytes, files });
    const seeder = await swarm.pacedSeeder();
    const stateDirectory = swarm.folder("state").path;
    const { record, folder } = await swarm.join({
      engine: { stateDirectory },
      torrent: { useTrackers: false, peers: [seeder], start: false },
    });
    const { torrent } = record;
    await torrent.rename("payload", "added");
    torrent.start();
    await torrent.completed;
    await torrent.stop();
    writeFileSync(join(folder, "mine"), "1");
    await torrent.rename(0, "mine");
    torrent.start();
    const kept = join(folder, "added/one.bin");
    await record.until("the path that it has", () => torrent.files[0]?.path === kept);
    await record.until("the next run", () => torrent.state === "active");
    t.deepEqual(areWhole(swarm, torrent), [true, true, true]);
    t.is(readFileSync(join(folder, "mine"), "utf8"), "1");
    t.is(seeder.givenBytes, totalBytes);
  },
);

test.serial("E11: renames hold over a crash of the file-worker and of the engine", async (t) => {
  await using swarm = await Swarm.open({ pieceLengthBytes, files });
  const seeder = await swarm.pacedSeeder({ isShut: true });
  seeder.allow(totalBytes / 2);
  const stateDirectory = swarm.folder("state").path;
  const { coordinator, record, folder } = await swarm.join({
    engine: { host: "threads", stateDirectory },
    torrent: { useTrackers: false, peers: [seeder], partSuffix: ".part" },
  });
  const { torrent } = record;
  await record.until("some pieces", () => record.pieces.length > 5);
  await torrent.rename(0, "a");
  endActor(coordinator, "file");
  await torrent.rename(1, "b");
  endActor(coordinator, "engine");
  await record.until("the next engine", () => record.restartsOf("engine") > 0);
  seeder.open();
  await torrent.completed;
  t.deepEqual(filesBelow(folder), ["a", "b", "payload/sub/three.bin"]);
  t.deepEqual(areWhole(swarm, torrent), [true, true, true]);
});
