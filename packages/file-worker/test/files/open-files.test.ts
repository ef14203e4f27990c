import test from "ava";
import { MemoryDisk } from "../support/memory-disk.ts";
import { pattern, startRig } from "../support/file-rig.ts";

test("10,000 files are written through 4 handles, each opened once", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk, { maxOpenFiles: 4, slabBytes: 10_000 });
  rig.memory.set(pattern(10_000));
  const files = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`f/${n}`, 1]));
  await rig.open({ files, pieceLengthBytes: 500 });
  for (let piece = 0; piece < 20; piece += 1) {
    rig.write({ piece, offset: piece * 500, lengthBytes: 500 });
    rig.settle();
    t.true(disk.openCount <= 4);
  }
  t.is(disk.calls.get("open"), 10_000);
  t.deepEqual(disk.bytesOf("/data/f/9999"), pattern(1, 9_999));
});

test("the file used longest ago is closed for the next one", async (t) => {
  const disk = new MemoryDisk();
  for (const name of ["a", "b", "c"]) disk.put(`/data/${name}`, pattern(1));
  const rig = startRig(disk, { maxOpenFiles: 2 });
  await rig.open({ files: { a: 1, b: 1, c: 1 }, pieceLengthBytes: 3 });
  for (const position of [0, 1, 0, 2, 0, 1]) rig.readBlocks({ position });
  t.deepEqual(disk.opened, ["/data/a", "/data/b", "/data/c", "/data/b"]);
});

test("a folder is checked once for all files that are opened in it within a second", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  const files = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`x/y/${n}`, 1]));
  await rig.open({ files, pieceLengthBytes: 100 });
  disk.calls.clear();
  rig.write({ piece: 0, lengthBytes: 100 });
  rig.settle();
  t.is(disk.calls.get("open"), 100);
  t.true((disk.calls.get("stat") ?? 0) <= 5);
});

test("a missing folder is looked for once when a torrent is opened", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  const files = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`x/y/${n}`, 1]));
  disk.calls.clear();
  await rig.open({ files, pieceLengthBytes: 100 });
  t.true((disk.calls.get("stat") ?? 0) <= 3);
});

test("a new file gets its full length with the first write", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  await rig.open({ files: { a: 100 }, pieceLengthBytes: 10 });
  rig.write({ piece: 3, lengthBytes: 10 });
  rig.settle();
  t.is(disk.bytesOf("/data/a")?.byteLength, 100);
  t.is(disk.calls.get("truncate"), 1);
});

test("a file that a single write fills is opened, written and closed, and nothing else", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk, { maxOpenFiles: 4 });
  const files = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`f/${n}`, 10]));
  await rig.open({ files, pieceLengthBytes: 100 });
  rig.memory.set(pattern(1000));
  for (let piece = 0; piece < 10; piece += 1) {
    rig.write({ piece, offset: piece * 100, lengthBytes: 100 });
  }
  // The folder is made.
  const looks = ["stat", "makeFolder"];
  disk.calls.clear();
  rig.settle();
  await rig.close();
  const calls = [...disk.calls].filter(([call]) => !looks.includes(call));
  t.deepEqual(Object.fromEntries(calls), { open: 100, write: 100, close: 100 });
  t.true((disk.calls.get("stat") ?? 0) <= 10);
  t.deepEqual(disk.bytesOf("/data/f/99"), pattern(10, 990));
});

test("a file that a failed write left too short gets its full length with the next write of a part", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  rig.memory.set(pattern(20));
  await rig.open({ files: { a: 20 }, pieceLengthBytes: 10 });
  disk.fail("write", "ENOSPC");
  rig.write({ piece: 0, lengthBytes: 10 });
  rig.write({ piece: 1, offset: 10, lengthBytes: 10 });
  rig.settle();
  t.is(disk.bytesOf("/data/a")?.byteLength, 0);
  rig.notices.length = 0;
  rig.write({ piece: 0, lengthBytes: 10 });
  rig.settle();
  t.is(disk.bytesOf("/data/a")?.byteLength, 20);
  rig.time.freeze(1_000);
  rig.write({ piece: 1, offset: 10, lengthBytes: 10 });
  rig.settle();
  t.deepEqual(rig.notices, [{ written: 0 }, { written: 1 }]);
  t.deepEqual(disk.bytesOf("/data/a"), pattern(20));
});

test("a shorter file is left alone until the first write, and keeps its bytes then", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/a", pattern(20));
  const rig = startRig(disk);
  t.deepEqual(await rig.open({ files: { a: 100 }, pieceLengthBytes: 10 }), { foundBytes: 20 });
  rig.readBlocks({ position: 0, lengthBytes: 10 });
  t.is(disk.bytesOf("/data/a")?.byteLength, 20);
  rig.write({ piece: 9, lengthBytes: 10 });
  rig.settle();
  t.is(disk.bytesOf("/data/a")?.byteLength, 100);
  t.deepEqual(disk.bytesOf("/data/a")?.subarray(0, 20), pattern(20));
});

test("a file open for reading is opened again for writing", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/a", pattern(20));
  const rig = startRig(disk);
  await rig.open({ files: { a: 20 }, pieceLengthBytes: 10 });
  rig.readBlocks({ position: 0, lengthBytes: 10 });
  rig.write({ piece: 1, lengthBytes: 10 });
  rig.settle();
  t.deepEqual(rig.notices, [{ written: 1 }]);
  t.is(disk.openCount, 1);
});

test("F27: a file that grew past its length while the torrent ran is refused and not cut", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  await rig.open({ files: { a: 10 }, pieceLengthBytes: 10 });
  disk.put("/data/a", pattern(11));
  rig.write({ piece: 0, lengthBytes: 10 });
  rig.settle();
  t.deepEqual(rig.notices, [{ notWritten: 0, refused: "file-too-long", path: "/data/a" }]);
  t.is(disk.bytesOf("/data/a")?.byteLength, 11);
  t.is(disk.openCount, 0);
});

test("F27: a file that lost bytes while the torrent ran is refused", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/a", pattern(20));
  const rig = startRig(disk);
  await rig.open({ files: { a: 20 }, pieceLengthBytes: 10 });
  disk.put("/data/a", pattern(5));
  rig.write({ piece: 1, lengthBytes: 10 });
  rig.settle();
  t.deepEqual(rig.notices, [{ notWritten: 1, refused: "file-changed", path: "/data/a" }]);
});

test("F27: a file that lost written bytes is refused, not filled up", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  await rig.open({ files: { a: 20 }, pieceLengthBytes: 10 });
  rig.write({ piece: 1, lengthBytes: 10 });
  rig.settle();
  disk.truncate(disk.open("/data/a", "write"), 15);
  rig.time.freeze(1_000);
  rig.write({ piece: 0, lengthBytes: 10 });
  rig.settle();
  t.deepEqual(rig.notices, [
    { written: 1 },
    { notWritten: 0, refused: "file-changed", path: "/data/a" },
  ]);
  t.is(disk.bytesOf("/data/a")?.byteLength, 15);
});

test("F27: a file that vanished while the torrent ran is not made again", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/a", pattern(20));
  const rig = startRig(disk);
  await rig.open({ files: { a: 20 }, pieceLengthBytes: 10 });
  disk.remove("/data/a");
  rig.write({ piece: 1, lengthBytes: 10 });
  rig.settle();
  t.deepEqual(rig.notices, [{ notWritten: 1, refused: "file-changed", path: "/data/a" }]);
  t.is(disk.bytesOf("/data/a"), undefined);
});

test("F26: a root that vanished while the torrent ran is not made again", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  await rig.open({ files: { "f/a": 10 }, pieceLengthBytes: 10 });
  disk.remove("/data");
  rig.time.freeze(1_000);
  rig.write({ piece: 0, lengthBytes: 10 });
  rig.settle();
  t.deepEqual(rig.notices, [{ notWritten: 0, refused: "ENOENT", path: "/data" }]);
});

for (const code of ["EMFILE", "ENFILE"]) {
  test(`F25: without descriptors (${code}) all other files are closed and the file is opened`, async (t) => {
    const disk = new MemoryDisk();
    for (const name of ["a", "b", "c"]) disk.put(`/data/${name}`, pattern(1));
    const rig = startRig(disk);
    await rig.open({ files: { a: 1, b: 1, c: 1 }, pieceLengthBytes: 3 });
    rig.readBlocks({ position: 0 });
    rig.readBlocks({ position: 1 });
    disk.fail("open", code);
    t.deepEqual(rig.readBlocks({ position: 2 }), {});
    t.is(disk.openCount, 1);
  });
}

test("F25: if descriptors are still missing, only the piece is refused", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  await rig.open({ files: { a: 1 }, pieceLengthBytes: 1 });
  disk.fail("open", "EMFILE");
  rig.write({ piece: 0, lengthBytes: 1 });
  rig.settle();
  t.deepEqual(rig.notices, [{ notWritten: 0, refused: "EMFILE", path: "/data/a" }]);
});

test("F25, E01, PI8: ten thousand files are written and read with 64 descriptors", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk, { maxOpenFiles: 64 });
  const names = Array.from({ length: 10_000 }, (_, index) => `t/${index}`);
  await rig.open({
    files: Object.fromEntries(names.map((name) => [name, 10])),
    pieceLengthBytes: 1000,
  });
  let most = 0;
  for (let piece = 0; piece < 100; piece += 1) {
    rig.write({ piece, lengthBytes: 1000 });
    while (rig.time.endTurn()) most = Math.max(most, disk.openCount);
  }
  t.is(rig.notices.length, 100);
  t.true(rig.notices.every((notice) => "written" in notice));
  t.deepEqual(rig.readBlocks({ position: 0, lengthBytes: 100_000 }), {});
  t.is(most, 64);
  t.is(disk.openCount, 64);
  await rig.close();
  t.is(disk.openCount, 0);
});

test("a file with a hard link is read and not written to until it has one name", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/a", pattern(20));
  disk.link("/data/a", "/data/other");
  const rig = startRig(disk);
  rig.memory.set(pattern(100, 50));
  await rig.open({ files: { a: 100 }, pieceLengthBytes: 10 });
  rig.write({ piece: 1, lengthBytes: 10 });
  rig.settle();
  t.deepEqual(rig.notices, [{ notWritten: 1, refused: "file-linked", path: "/data/a" }]);
  t.deepEqual(disk.bytesOf("/data/a"), pattern(20));
  t.deepEqual(rig.readBlocks({ position: 0, lengthBytes: 20, offset: 200 }), {});

  disk.remove("/data/other");
  rig.write({ piece: 1, lengthBytes: 10 });
  rig.settle();
  t.deepEqual(rig.notices.at(-1), { written: 1 });
  t.deepEqual(disk.bytesOf("/data/a")?.subarray(10, 20), pattern(10, 50));
});

test("a file that gets a hard link while it is written to is only read from then on", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  await rig.open({ files: { a: 100 }, pieceLengthBytes: 10 });
  rig.write({ piece: 0, lengthBytes: 10 });
  rig.settle();
  disk.link("/data/a", "/data/other");
  rig.time.freeze(1_000);
  t.deepEqual(rig.readBlocks({ position: 0, lengthBytes: 10, offset: 200 }), {});
  rig.memory.set(pattern(10, 1));
  rig.write({ piece: 1, lengthBytes: 10 });
  rig.settle();
  t.deepEqual(rig.notices, [
    { written: 0 },
    { notWritten: 1, refused: "file-linked", path: "/data/a" },
  ]);
  t.deepEqual(rig.readBlocks({ position: 0, lengthBytes: 10, offset: 200 }), {});
});

test("an empty file may have hard links", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/b", pattern(0));
  disk.link("/data/b", "/data/other");
  const rig = startRig(disk);
  await rig.open({ files: { a: 10, b: 0 }, pieceLengthBytes: 10 });
  t.deepEqual(await rig.complete(), {});
});

test("a link in the place of a file is not written through, before and after a new look", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  await rig.open({ files: { a: 100 }, pieceLengthBytes: 10 });
  rig.write({ piece: 0, lengthBytes: 10 });
  rig.settle();
  disk.put("/data/other", pattern(100, 7));
  disk.remove("/data/a");
  disk.link("/data/other", "/data/a");
  rig.time.freeze(1_000);
  rig.write({ piece: 1, lengthBytes: 10 });
  rig.settle();
  t.deepEqual(await rig.acceptFile(0), {});
  rig.write({ piece: 1, lengthBytes: 10 });
  rig.settle();
  const refusals = rig.notices.slice(1).map((notice) => "refused" in notice && notice.refused);
  t.deepEqual(refusals, ["file-changed", "file-linked"]);
  t.deepEqual(disk.bytesOf("/data/other"), pattern(100, 7));
});
