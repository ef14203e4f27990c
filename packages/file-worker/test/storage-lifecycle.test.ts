import test from "ava";
import { packFiles, type TorrentId } from "@troupe/messages";
import { MemoryDisk } from "./support/memory-disk.ts";
import { pattern, startRig, torrent } from "./support/file-rig.ts";

test("opening reports the files on disk, and makes and opens none", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/whole", pattern(10));
  disk.put("/data/part", pattern(4));
  disk.put("/data/empty", pattern(0));
  const rig = startRig(disk);
  const before = [...disk.entries.keys()];
  const files = { whole: 10, part: 10, empty: 0, "no/such": 5, none: 1 };
  t.deepEqual(await rig.open({ files, pieceLengthBytes: 4 }), { foundBytes: 14 });
  const known = rig.state.storages.get(torrent)?.knownBytes;
  t.deepEqual(known?.slice(0, 5), [10, 4, -1, -1, -1], "of a file without bytes nothing is known");
  t.deepEqual([...disk.entries.keys()], before);
  t.is(disk.calls.get("open"), undefined);
});

test("opening works before the root exists, and the first write makes it", async (t) => {
  const disk = new MemoryDisk(["/home/user"]);
  const rig = startRig(disk);
  const opened = await rig.open({
    root: "/home/user/new/folder",
    files: { "deep/a": 4 },
    pieceLengthBytes: 4,
  });
  t.deepEqual(opened, { foundBytes: 0 });
  rig.write({ piece: 0, lengthBytes: 4 });
  rig.settle();
  t.deepEqual(rig.notices, [{ written: 0 }]);
  t.is(disk.bytesOf("/home/user/new/folder/deep/a")?.byteLength, 4);
});

test("a file longer than in the torrent is refused at once", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/a", pattern(11));
  const rig = startRig(disk);
  t.deepEqual(await rig.open({ files: { a: 10 }, pieceLengthBytes: 4 }), {
    refused: "file-too-long",
    message: `cannot use "/data/a": it has 11 bytes, the torrent says 10`,
    path: "/data/a",
  });
  rig.write({ piece: 0, lengthBytes: 4 });
  t.deepEqual(rig.notices, [{ notWritten: 0, refused: "unknown-torrent", path: undefined }]);
});

test("opening ten thousand files lets other work run in between", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  const files = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`${n}`, 1]));
  const reply = rig.open({ files, pieceLengthBytes: 1 });
  t.true((disk.calls.get("stat") ?? 0) < 1_000);
  t.deepEqual(await reply, { foundBytes: 0 });
  t.is(disk.calls.get("stat"), 10_001);
});

test("opening again after a restart accepts files of full and of lesser length", async (t) => {
  const disk = new MemoryDisk();
  const first = startRig(disk);
  await first.open({ files: { a: 8, b: 8 }, pieceLengthBytes: 4 });
  first.write({ piece: 1, lengthBytes: 4 });
  first.settle();
  const second = startRig(disk);
  t.deepEqual(await second.open({ files: { a: 8, b: 8 }, pieceLengthBytes: 4 }), {
    foundBytes: 8,
  });
  second.write({ piece: 1, lengthBytes: 4 });
  second.settle();
  t.deepEqual(second.notices, [{ written: 1 }]);
});

test("opening an open torrent writes its waiting pieces and looks again", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  await rig.open({ files: { a: 8 }, pieceLengthBytes: 4 });
  rig.write({ piece: 0, lengthBytes: 4 });
  t.deepEqual(await rig.open({ files: { a: 8 }, pieceLengthBytes: 4 }), { foundBytes: 8 });
  t.deepEqual(rig.notices, [{ written: 0 }]);
  t.is(disk.openCount, 0);
});

test("completing makes the empty files, also when repeated", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  await rig.open({ files: { a: 4, "f/empty": 0, "g/h/none": 0 }, pieceLengthBytes: 4 });
  t.deepEqual(await rig.complete(), {});
  t.is(disk.bytesOf("/data/f/empty")?.byteLength, 0);
  t.is(disk.bytesOf("/data/g/h/none")?.byteLength, 0);
  t.is(disk.bytesOf("/data/a"), undefined);
  t.deepEqual(await rig.complete(), {});
});

test("completing does not make an empty file for which the disk has no room", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  await rig.open({ files: { a: 4, empty: 0 }, pieceLengthBytes: 4 });
  disk.fail("open", "ENOSPC");
  t.like(await rig.complete(), { refused: "disk-full" });
});

for (const code of ["EROFS", "EACCES", "EPERM"])
  test(`an empty file that is absent from a folder that cannot be written (${code}) is counted, and refuses nothing`, async (t) => {
    const disk = new MemoryDisk();
    disk.put("/data/a", pattern(4));
    const rig = startRig(disk);
    await rig.open({ files: { a: 4, empty: 0, none: 0 }, pieceLengthBytes: 4 });
    disk.fail("open", code);
    disk.fail("open", code);
    const completed = await rig.complete();
    t.like(completed, { notMade: { count: 2 } });
    t.true(JSON.stringify(completed).includes("/data/empty"));
    t.deepEqual(await rig.complete(), {}, "once the folder can be written");
    t.is(disk.bytesOf("/data/empty")?.byteLength, 0);
  });

test("completing a torrent that is not open is refused", async (t) => {
  t.like(await startRig(new MemoryDisk()).complete(), { refused: "unknown-torrent" });
});

test("closing writes waiting pieces and closes the files; a job without a record is not synced", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/read", pattern(4));
  const rig = startRig(disk);
  await rig.open({ files: { a: 4, b: 4, read: 4 }, pieceLengthBytes: 4 });
  rig.readBlocks({ position: 8, lengthBytes: 4 });
  rig.write({ piece: 0, lengthBytes: 4 });
  rig.write({ piece: 1, lengthBytes: 4 });
  t.deepEqual(await rig.close(), {});
  t.deepEqual(rig.notices, [{ written: 0 }, { written: 1 }]);
  t.is(disk.calls.get("sync"), undefined);
  t.is(disk.openCount, 0);
});

test("an error that the system reports at a close is passed on", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  await rig.open({ files: { a: 4 }, pieceLengthBytes: 4 });
  rig.write({ piece: 0, lengthBytes: 4 });
  disk.fail("close", "EDQUOT");
  t.like(await rig.close(), { refused: "disk-full" });
});

test("closing a torrent that is not open does nothing", async (t) => {
  t.deepEqual(await startRig(new MemoryDisk()).close(), {});
});

test("a closing torrent takes and serves no piece", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  await rig.open({ files: { a: 8 }, pieceLengthBytes: 4 });
  rig.write({ piece: 0, lengthBytes: 4 });
  const closed = rig.close();
  rig.write({ piece: 1, lengthBytes: 4 });
  t.like(rig.readBlocks({ position: 0, lengthBytes: 4 }), { refused: "unknown-torrent" });
  await closed;
  t.deepEqual(rig.notices, [
    { notWritten: 1, refused: "unknown-torrent", path: undefined },
    { written: 0 },
  ]);
});

test("closing one torrent leaves the files of another open", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  const other = (torrent + 1) as TorrentId;
  await rig.open({ files: { a: 4 }, pieceLengthBytes: 4 });
  await rig.open({ torrent: other, files: { b: 4 }, pieceLengthBytes: 4 });
  rig.write({ piece: 0, lengthBytes: 4 });
  rig.write({ torrent: other, piece: 0, lengthBytes: 4 });
  rig.settle();
  await rig.close();
  t.is(disk.openCount, 1);
});

test("files whose lengths do not add up to the torrent's are a bug", async (t) => {
  const rig = startRig(new MemoryDisk());
  const files = packFiles([]);
  const { "open-storage": open } = (await import("../src/file.actor.ts")).fileActor.handlers;
  const message = { torrent, root: "/data", files, pieceLengthBytes: 4, totalBytes: 1 };
  await t.throwsAsync(async () => open(rig.state, message, { name: "engine", epoch: 1 }), {
    message: /^bug: /,
  });
});

test("a storage that is closed while it is opened does not stay open", async (t) => {
  const rig = startRig(new MemoryDisk());
  const files = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`${n}`, 1]));
  const opening = rig.open({ files, pieceLengthBytes: 1 });
  t.deepEqual(await rig.close(), {});
  t.deepEqual(await opening, { foundBytes: 0 });
  t.is(rig.state.storages.size, 0);
  t.is(rig.state.opening.size, 0);
});

test("a torrent that is opened twice at once has one storage, which can be closed", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/.parts", pattern(200));
  const rig = startRig(disk);
  const files = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`${n}`, 1]));
  const options = { files, pieceLengthBytes: 1, unwanted: [0] };
  const openings = [rig.open(options), rig.open(options)];
  for (const opened of await Promise.all(openings)) t.like(opened, { foundBytes: 0 });
  t.deepEqual(await rig.close(), {});
  t.is(rig.state.storages.size, 0);
  t.is(disk.openCount, 0);
});

test("a closing storage makes no further empty files", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  const files = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`${n}`, 0]));
  await rig.open({ files: { ...files, a: 1 }, pieceLengthBytes: 1 });
  const completing = rig.complete();
  await rig.close();
  const made = disk.entries.size;
  t.like(await completing, { refused: "unknown-torrent" });
  t.is(disk.entries.size, made);
  t.is(disk.openCount, 0);
});

test("a storage that cannot be opened leaves no file open", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/.parts", pattern(200));
  const rig = startRig(disk);
  disk.fail("read", "EIO");
  t.like(await rig.open({ files: { a: 4 }, pieceLengthBytes: 4, unwanted: [0] }), {
    refused: "EIO",
  });
  t.is(disk.openCount, 0);
  t.is(rig.state.storages.size, 0);
});
