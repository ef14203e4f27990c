import test from "ava";
import { decodeRecord, type StoredFile, type StoredJob } from "@troupe/messages";
import { sha1 } from "@troupe/actor-runtime/testing";
import type { TorrentKey } from "@troupe/protocol/identity";
import { pictureOf } from "@troupe/protocol/testing";
import { pattern, someFacts, startRig, storedFiles } from "../support/file-rig.ts";
import { MemoryDisk } from "../support/memory-disk.ts";

const key = "a".repeat(40) as TorrentKey;
const database = "/state/state.db";
const job: StoredJob = { key, home: { kind: "database", path: database }, verify: "sample" };
const lengths = { "t/a": 8, "t/sub/b": 4, "t/sub/c": 4 };
const pieceLengthBytes = 4;
const renamed = { settings: { maxPeers: 7 } };
const orderly = { job: { facts: { ...someFacts, ...renamed }, isOrderly: true } };

/** An open job that has these pieces of four, each filled with 1 and its index. */
async function open(disk: MemoryDisk, ...pieces: number[]) {
  const rig = startRig(disk);
  await rig.open({ files: lengths, pieceLengthBytes, mayWrite: true, job });
  rig.saveJob("....");
  await write(rig, ...pieces);
  return rig;
}

type Rig = ReturnType<typeof startRig>;

async function write(rig: Rig, ...pieces: number[]): Promise<void> {
  for (const piece of pieces) {
    rig.memory.fill(1 + piece, piece * 4, piece * 4 + 4);
    rig.write({ piece, offset: piece * 4, lengthBytes: 4 });
  }
  await rig.time.pass(0);
  await rig.time.pass(0);
}

function filesOn(disk: MemoryDisk): Record<string, string> {
  return Object.fromEntries(
    [...disk.entries]
      .filter(([path, { kind }]) => kind !== "folder" && path.startsWith("/data/"))
      .map(([path]) => [path, [...(disk.bytesOf(path) ?? [])].join("")]),
  );
}

function recordIn(disk: MemoryDisk) {
  const bytes = disk.databases.get(database)?.get(`${key} /data`);
  return bytes === undefined ? undefined : decodeRecord(bytes, sha1);
}

test("E11: open files get new paths, and are read and written there", async (t) => {
  const disk = new MemoryDisk();
  const rig = await open(disk, 0, 2);
  t.deepEqual(await rig.rename({ 0: "t/deep/er/x", 1: "y" }), {
    placed: [
      { file: 0, path: "t/deep/er/x" },
      { file: 1, path: "y" },
    ],
  });
  t.deepEqual(filesOn(disk), { "/data/t/deep/er/x": "11110000", "/data/y": "3333" });
  await write(rig, 1, 3);
  t.deepEqual(filesOn(disk), {
    "/data/t/deep/er/x": "11112222",
    "/data/y": "3333",
    "/data/t/sub/c": "4444",
  });
  t.deepEqual(rig.readBlocks({ position: 0, lengthBytes: 8 }), {});
  t.deepEqual(rig.notices.length, 4);
});

test("E11: folders that become empty are removed, and others stay", async (t) => {
  const disk = new MemoryDisk();
  const rig = await open(disk, 0, 1, 2, 3);
  disk.put("/data/t/mine", pattern(1));
  t.false("refused" in (await rig.rename({ 1: "b", 2: "c" })));
  t.deepEqual(
    [...disk.entries.keys()].filter((path) => path.startsWith("/data/t/sub")),
    [],
  );
  t.true(disk.entries.has("/data/t/mine"));
});

test("E11: the record has the new settings before the first file is renamed, and new facts after it", async (t) => {
  const disk = new MemoryDisk();
  const rig = await open(disk, 0, 1, 2, 3);
  const { rename } = disk;
  disk.rename = (...call) => {
    t.deepEqual(recordIn(disk)?.settings, { maxPeers: 7 });
    rename.apply(disk, call);
  };
  await rig.rename({ 0: "x" }, renamed);
  await rig.close(orderly);
  const files = storedFiles({ x: 8, "t/sub/b": 4, "t/sub/c": 4 });
  const again = await startRig(disk).open({ files, pieceLengthBytes, job });
  t.true("known" in again && again.known !== undefined);
  if (!("known" in again) || again.known === undefined) return;
  t.is(pictureOf(again.known.trusted, 4), "####");
  t.is(pictureOf(again.known.doubted, 4), "....");
});

test("E11: a path that is taken refuses, and every file has its old path", async (t) => {
  const disk = new MemoryDisk();
  const rig = await open(disk, 0, 1, 2, 3);
  const before = filesOn(disk);
  disk.put("/data/taken", pattern(1));
  t.like(await rig.rename({ 1: "free", 2: "taken" }), { refused: "rename-taken" });
  t.deepEqual(filesOn(disk), { ...before, "/data/taken": "0" });
});

test("E11: a refusal of the disk in the middle undoes what was renamed", async (t) => {
  const disk = new MemoryDisk();
  const rig = await open(disk, 0, 1, 2, 3);
  const before = filesOn(disk);
  const { rename } = disk;
  let count = 0;
  disk.rename = (...call) => {
    count += 1;
    if (count === 2) throw Object.assign(new Error("EACCES"), { code: "EACCES" });
    rename.apply(disk, call);
  };
  t.like(await rig.rename({ 0: "x", 1: "y", 2: "z" }), { refused: "EACCES" });
  t.is(count, 3);
  t.deepEqual(filesOn(disk), before);
  await write(rig, 0);
  t.deepEqual(filesOn(disk), before);
});

for (const [from, to, names] of [
  ["out of itself", "t/x", ["t/x/x/b", "t/x/x/x/b"]],
  ["into itself", "t/x/x/x", ["t/x/x/b", "t/x/x/x/b"]],
] as const) {
  test(`E11: a folder moves ${from}, also where its files have equal names`, async (t) => {
    const disk = new MemoryDisk();
    const rig = startRig(disk);
    const files = Object.fromEntries(names.map((name) => [name, 4]));
    await rig.open({ files, pieceLengthBytes, mayWrite: true, job });
    rig.saveJob("..");
    await write(rig, 0, 1);
    const next = names.map((name) => to + name.slice("t/x/x".length));
    t.false("refused" in (await rig.rename(Object.fromEntries(next.entries()))));
    const paths = next.map((name) => `/data/${name}`);
    t.deepEqual(filesOn(disk), { [paths[0] ?? ""]: "1111", [paths[1] ?? ""]: "2222" });
  });
}

test("E11: a storage that closes before the rename has begun refuses it", async (t) => {
  const disk = new MemoryDisk();
  const rig = await open(disk, 0, 1, 2, 3);
  const before = filesOn(disk);
  const renaming = rig.rename({ 0: "x", 1: "y" }, renamed);
  await rig.close(orderly);
  t.like(await renaming, { refused: "unknown-torrent" });
  t.deepEqual(filesOn(disk), before);
});

test("E11: a storage closes after a rename that has begun", async (t) => {
  const disk = new MemoryDisk();
  const rig = await open(disk, 0, 1, 2, 3);
  const closing: Promise<unknown>[] = [];
  const { rename } = disk;
  disk.rename = (...call) => {
    closing.push(rig.close(orderly));
    rename.apply(disk, call);
  };
  t.false("refused" in (await rig.rename({ 0: "x", 1: "y" }, renamed)));
  await Promise.all(closing);
  t.deepEqual(Object.keys(filesOn(disk)).toSorted(), ["/data/t/sub/c", "/data/x", "/data/y"]);
});

/** The files with a rename that was recorded. */
const planned: StoredFile[] = storedFiles(lengths).map((file, index) =>
  index === 1
    ? { ...file, path: ["y"], otherPaths: [{ use: "earlier", path: ["t", "sub", "b"] }] }
    : file,
);

test("E11: the next start carries out a rename that was recorded and not done, and hashes nothing", async (t) => {
  const disk = new MemoryDisk();
  const rig = await open(disk, 0, 1, 2, 3);
  await rig.close(orderly);
  const opened = await startRig(disk).open({
    files: planned,
    pieceLengthBytes,
    mayWrite: true,
    job,
  });
  t.is(disk.bytesOf("/data/t/sub/b"), undefined);
  t.is(disk.bytesOf("/data/y")?.length, 4);
  t.true("known" in opened && opened.known !== undefined && !("placed" in opened));
  if (!("known" in opened) || opened.known === undefined) return;
  t.is(pictureOf(opened.known.trusted, 4), "####");
});

test("E11: a torrent that never writes uses a file under its earlier name", async (t) => {
  const disk = new MemoryDisk();
  const rig = await open(disk, 0, 1, 2, 3);
  await rig.close(orderly);
  const opened = await startRig(disk).open({ files: planned, pieceLengthBytes, job });
  t.like(opened, { foundBytes: 16, placed: [{ file: 1, path: "t/sub/b" }] });
});

test("E11: a file of another at an earlier path is not the torrent's", async (t) => {
  const disk = new MemoryDisk();
  const rig = await open(disk, 0, 1, 3);
  await rig.close(orderly);
  disk.put("/data/t/sub/b", pattern(4));
  const again = startRig(disk);
  await again.open({ files: planned, pieceLengthBytes, mayWrite: true, job });
  t.deepEqual(disk.bytesOf("/data/t/sub/b"), pattern(4));
  t.is(disk.bytesOf("/data/y"), undefined);
});

test("E11: a removal finds a file whose rename was not carried out", async (t) => {
  const disk = new MemoryDisk();
  const rig = await open(disk, 0, 1, 2, 3);
  await rig.close(orderly);
  t.like(await rig.remove({ root: "/data", files: planned, job }), { removed: 3, left: [] });
  t.deepEqual(filesOn(disk), {});
});
