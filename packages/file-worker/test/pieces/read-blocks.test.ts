import test from "ava";
import { pushRun, type SlabId, type StorageRefusal, type TorrentId } from "@troupe/messages";
import { answerLate } from "../support/late-store.ts";
import { MemoryDisk } from "../support/memory-disk.ts";
import { pattern, startRig, storedFiles } from "../support/file-rig.ts";

async function rigWithFiles() {
  const disk = new MemoryDisk();
  disk.put("/data/a", pattern(10));
  disk.put("/data/b", pattern(3, 10));
  disk.put("/data/c", pattern(100, 13));
  const rig = startRig(disk, { slabBytes: 256 });
  rig.memory.fill(255);
  await rig.open({ files: { a: 10, b: 3, empty: 0, c: 100 }, pieceLengthBytes: 32 });
  return { rig, disk };
}

test("bytes are read into parts, and the gaps between them are left alone", async (t) => {
  const { rig } = await rigWithFiles();
  t.deepEqual(
    rig.readBlocks({ position: 20, lengthBytes: 10, offset: 5, gapBytes: 3, blockBytes: 4 }),
    {},
  );
  const bytes = (start: number, count: number) => [...pattern(count, start)];
  const gap = [255, 255, 255];
  t.deepEqual(
    [...rig.memory.subarray(5, 26)],
    [...gap, ...bytes(20, 4), ...gap, ...bytes(24, 4), ...gap, ...bytes(28, 2), 255, 255],
  );
});

test("an extent within one file takes one scatter read", async (t) => {
  const { rig, disk } = await rigWithFiles();
  rig.readBlocks({ position: 13, lengthBytes: 80, gapBytes: 13, blockBytes: 16 });
  t.is(disk.calls.get("read"), 1);
});

test("an extent over several files is read in order, a part may lie in three of them", async (t) => {
  const { rig } = await rigWithFiles();
  t.deepEqual(rig.readBlocks({ position: 8, lengthBytes: 12, gapBytes: 1, blockBytes: 8 }), {});
  t.deepEqual([...rig.memory.subarray(0, 14)], [255, ...pattern(8, 8), 255, ...pattern(4, 16)]);
});

test("padding is read as zeros, without a disk call", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/a", pattern(4, 1));
  const rig = startRig(disk);
  rig.memory.fill(255);
  const padding = { path: [".pad", "4"], lengthBytes: 4, isPadding: true };
  const files = [...storedFiles({ a: 4 }), padding, ...storedFiles({ b: 4 })];
  t.deepEqual(await rig.open({ files, pieceLengthBytes: 8 }), { foundBytes: 4 });
  t.deepEqual(rig.readBlocks({ position: 0, lengthBytes: 8 }), {});
  t.deepEqual([...rig.memory.subarray(0, 8)], [1, 2, 3, 4, 0, 0, 0, 0]);
});

test("padding is not written", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  const padding = { path: [".pad", "4"], lengthBytes: 4, isPadding: true };
  await rig.open({ files: [...storedFiles({ a: 4 }), padding], pieceLengthBytes: 8 });
  rig.write({ piece: 0, lengthBytes: 8 });
  rig.settle();
  t.deepEqual(rig.notices, [{ written: 0 }]);
  t.deepEqual([...disk.entries.keys()], ["/", "/data", "/data/a"]);
});

test("F27: a file that was cut is refused, not served", async (t) => {
  const { rig, disk } = await rigWithFiles();
  disk.put("/data/c", pattern(50));
  const reply = rig.readBlocks({ position: 60, lengthBytes: 30 }) as StorageRefusal;
  t.is(reply.refused, "file-changed");
  t.is(reply.message, `cannot use "/data/c": another file has its name`);
});

test("F27: a file that was cut less than a second after a look is refused, not served", async (t) => {
  const { rig, disk } = await rigWithFiles();
  t.deepEqual(rig.readBlocks({ position: 60, lengthBytes: 30 }), {});
  disk.truncate(disk.open("/data/c", "write"), 1);
  t.like(rig.readBlocks({ position: 60, lengthBytes: 30 }), { refused: "file-changed" });
});

test("F22: a read error is a refusal with the system's code", async (t) => {
  const { rig, disk } = await rigWithFiles();
  disk.fail("read", "EIO");
  t.like(rig.readBlocks({ lengthBytes: 8 }), { refused: "EIO", path: "/data/a" });
});

test("a missing file is refused", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  await rig.open({ files: { "folder/a": 4 }, pieceLengthBytes: 4 });
  t.like(rig.readBlocks({ lengthBytes: 4 }), { refused: "ENOENT" });
});

const outOfRange = test.macro<[request: object, refused: string]>(async (t, request, refused) => {
  const { rig } = await rigWithFiles();
  t.like(rig.readBlocks(request), { refused });
  t.true(rig.memory.every((byte) => byte === 255));
});

test(
  "bytes behind the torrent's end",
  outOfRange,
  { position: 110, lengthBytes: 4 },
  "out-of-range",
);
test("a negative position", outOfRange, { position: -1, lengthBytes: 4 }, "out-of-range");
test("no bytes at all", outOfRange, { lengthBytes: 0, blockBytes: 1 }, "out-of-range");
test("parts of no bytes", outOfRange, { lengthBytes: 4, blockBytes: 0 }, "out-of-range");
test(
  "an extent behind the slab's end",
  outOfRange,
  { lengthBytes: 4, offset: 253 },
  "out-of-range",
);
test(
  "headers that do not fit the slab",
  outOfRange,
  { lengthBytes: 100, gapBytes: 16, blockBytes: 10 },
  "out-of-range",
);
test("an unknown slab", outOfRange, { lengthBytes: 4, slab: 9 as SlabId }, "unknown-slab");
test(
  "an unknown torrent",
  outOfRange,
  { lengthBytes: 4, torrent: 9 as TorrentId },
  "unknown-torrent",
);

test("a call reads many runs, and a refused run stops no other", async (t) => {
  const { rig } = await rigWithFiles();
  const runs: number[] = [];
  const torrent = 1 as TorrentId;
  pushRun(runs, { torrent, position: 20, lengthBytes: 4, offset: 0 });
  pushRun(runs, { torrent, position: 112, lengthBytes: 4, offset: 16 });
  pushRun(runs, { torrent, position: 40, lengthBytes: 6, offset: 32 });
  const { refused } = rig.readRuns({ slab: 1 as SlabId, gapBytes: 1, blockBytes: 4, runs });
  t.like(refused, { 0: { run: 1, refused: "out-of-range" }, length: 1 });
  t.deepEqual([...rig.memory.subarray(0, 6)], [255, ...pattern(4, 20), 255]);
  t.deepEqual(
    [...rig.memory.subarray(32, 41)],
    [255, ...pattern(4, 40), 255, ...pattern(2, 44), 255],
  );
});

test("E13: the answer says how long reads waited for the disk; reads from memory do not count", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/a", pattern(100));
  const rig = startRig(disk, { slabBytes: 256 });
  await rig.open({ files: { a: 100 }, pieceLengthBytes: 32 });
  const { fault } = disk;
  let readMs = 0;
  disk.fault = (call) => {
    if (call.operation === "read") rig.time.advance(readMs);
    return fault?.(call);
  };
  const runs: number[] = [];
  const torrent = 1 as TorrentId;
  pushRun(runs, { torrent, position: 20, lengthBytes: 4, offset: 0 });
  pushRun(runs, { torrent, position: 40, lengthBytes: 4, offset: 16 });
  const read = (ms: number): number => {
    readMs = ms;
    return rig.readRuns({ slab: 1 as SlabId, gapBytes: 1, blockBytes: 4, runs }).diskMs;
  };
  t.deepEqual([read(0.05), read(8), read(0)], [0, 16, 0]);
});

test("a store that answers late has the call answered when all its runs are read", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/a", pattern(100));
  const rig = startRig(disk, { slabBytes: 256 });
  const { answers } = answerLate(rig);
  await rig.open({ files: { a: 100 }, pieceLengthBytes: 32 });
  const runs: number[] = [];
  const torrent = 1 as TorrentId;
  pushRun(runs, { torrent, position: 20, lengthBytes: 4, offset: 0 });
  pushRun(runs, { torrent, position: 200, lengthBytes: 4, offset: 16 });
  pushRun(runs, { torrent, position: 40, lengthBytes: 4, offset: 32 });
  const read = rig.readLate({ slab: 1 as SlabId, gapBytes: 0, blockBytes: 4, runs });
  t.is(answers.length, 2);
  answers[1]?.({ refused: "EIO", message: "cannot read", file: 0 });
  answers[0]?.();
  const { refused } = await read;
  t.deepEqual(refused.map((refusal) => [refusal.run, refusal.refused]).toSorted(), [
    [1, "out-of-range"],
    [2, "EIO"],
  ]);
  t.deepEqual([...rig.memory.subarray(0, 4)], [...pattern(4, 20)]);
  t.deepEqual(rig.readFailures, [{ refused: "EIO", file: 0 }]);
});
