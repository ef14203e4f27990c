// Two torrents that share a folder, whose files have the same paths.

import test from "ava";
import type { StoredJob } from "@troupe/messages";
import type { TorrentKey } from "@troupe/protocol/identity";
import { pattern, someFacts, startRig, storedFiles } from "../support/file-rig.ts";
import { MemoryDisk } from "../support/memory-disk.ts";

const jobOf = (digit: string): StoredJob => ({
  key: digit.repeat(40) as TorrentKey,
  home: { kind: "database", path: "/state/state.db" },
  verify: "sample",
});
const [job, otherJob] = [jobOf("a"), jobOf("b")];
const lengths = { "readme.txt": 4, own: 4 };
const files = storedFiles(lengths);
const opening = { files: lengths, pieceLengthBytes: 4, isShared: true, mayWrite: true, job };
const partFile = { path: [".parts"], lengthBytes: 1 };
const orderly = { job: { facts: someFacts, isOrderly: true } };

/** A run of the job: its check finds these pieces, and then these pieces come. */
async function run(disk: MemoryDisk, had: string, ...pieces: number[]) {
  const rig = startRig(disk);
  rig.memory.fill(7, 0, 4);
  const opened = await rig.open(opening);
  rig.saveJob(had);
  const prepared = await rig.prepare("sparse");
  for (const piece of pieces) rig.write({ piece, lengthBytes: 4 });
  await rig.time.pass(0);
  await rig.time.pass(0);
  return { rig, opened, prepared };
}

test("L13: a file that another program has made is not written, and the torrent does not begin", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/readme.txt", pattern(3));
  const { rig, prepared } = await run(disk, "..", 0, 1);
  t.like(prepared, { refused: "foreign-file", path: "/data/readme.txt" });
  t.deepEqual(rig.notices, [
    { notWritten: 0, refused: "foreign-file", path: "/data/readme.txt" },
    { notWritten: 1, refused: "foreign-file", path: "/data/readme.txt" },
  ]);
  t.deepEqual(disk.bytesOf("/data/readme.txt"), pattern(3));
});

test("L13: a file with a good piece is the torrent's, also without a record", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/readme.txt", pattern(4));
  const { prepared } = await run(disk, "#.", 1);
  t.false("refused" in prepared);
});

test("L13: a file stays foreign after a crash, and after an end in order", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/readme.txt", pattern(4));
  const first = await run(disk, "..", 1);
  t.deepEqual(first.rig.notices, [{ written: 1 }]);
  // A crash leaves the record open for writing.
  const second = await run(disk, ".#");
  t.like(second.prepared, { refused: "foreign-file" });
  await second.rig.close(orderly);
  t.like((await run(disk, ".#")).prepared, { refused: "foreign-file" });
});

test("L13: a file that appears while the torrent runs is not written", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await run(disk, "..", 1);
  disk.put("/data/readme.txt", pattern(4));
  rig.write({ piece: 0, lengthBytes: 4 });
  await rig.time.pass(0);
  t.deepEqual(rig.notices.at(-1), {
    notWritten: 0,
    refused: "foreign-file",
    path: "/data/readme.txt",
  });
  t.deepEqual(disk.bytesOf("/data/readme.txt"), pattern(4));
});

test("L13: an own file is the torrent's after a crash before its record, and after a close", async (t) => {
  const disk = new MemoryDisk();
  await run(disk, "..", 0);
  const { rig, prepared } = await run(disk, "..", 0, 1);
  t.false("refused" in prepared);
  t.deepEqual(rig.notices, [{ written: 0 }, { written: 1 }]);
  await rig.close(orderly);
  t.false("refused" in (await run(disk, "..")).prepared);
});

test("L13: a file that was allocated is the torrent's after a crash", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  await rig.open(opening);
  rig.saveJob("..");
  t.false("refused" in (await rig.prepare("full")));
  t.is(disk.bytesOf("/data/own")?.length, 4);
  const { prepared } = await run(disk, "..");
  t.false("refused" in prepared);
});

test("L13: a removal leaves foreign files, and a torrent that never ran removes nothing", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/readme.txt", pattern(4));
  const { rig } = await run(disk, "..", 1);
  await rig.close(orderly);
  const removed = { root: "/data", files, isShared: true };
  t.like(await rig.remove({ ...removed, job: otherJob }), { removed: 0, left: [] });
  t.like(await rig.remove({ ...removed, job }), { removed: 1, left: [] });
  t.deepEqual(disk.bytesOf("/data/readme.txt"), pattern(4));
  t.is(disk.bytesOf("/data/own"), undefined);
});

test("E10: in the folder for incomplete torrents files without bytes are not made", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  await rig.open({ ...opening, files: { ...lengths, empty: 0 } });
  rig.saveJob("..");
  await rig.complete(false);
  t.is(disk.bytesOf("/data/empty"), undefined);
  await rig.complete();
  t.deepEqual(disk.bytesOf("/data/empty"), new Uint8Array());
});

for (const [ownsEmptyFiles, expected] of [
  [false, []],
  [true, ["empty"]],
] as const)
  test(`E10: a move ${ownsEmptyFiles ? "out of the folder for incomplete torrents takes" : "of a torrent without its folder leaves"} files without bytes`, async (t) => {
    const disk = new MemoryDisk();
    disk.put("/data/empty", new Uint8Array());
    // A file with bytes that another torrent has only begun.
    disk.put("/data/own", new Uint8Array());
    const stored = [...storedFiles({ own: 4, empty: 0 }), partFile];
    const moved = { root: "/data", to: "/done", files: stored, isShared: true, ownsEmptyFiles };
    t.like(await startRig(disk).move(moved), { directory: "/done" });
    const arrived = ["empty", "own"].filter((name) => disk.bytesOf(`/done/${name}`) !== undefined);
    t.deepEqual(arrived, expected);
    t.is(disk.bytesOf("/data/empty") === undefined, ownsEmptyFiles);
  });

test("E10: a removal from the folder for incomplete torrents takes files without bytes", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/empty", new Uint8Array());
  disk.put("/data/own", new Uint8Array());
  const rig = startRig(disk);
  const stored = storedFiles({ own: 4, empty: 0 });
  const removed = { root: "/data", files: stored, isShared: true, job };
  t.like(await rig.remove(removed), { removed: 0 });
  t.like(await rig.remove({ ...removed, ownsEmptyFiles: true }), { removed: 1, left: [] });
  t.deepEqual(disk.bytesOf("/data/own"), new Uint8Array());
});
