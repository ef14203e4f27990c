import test from "ava";
import { ActorError } from "@troupe/actor-runtime";
import { DiskCallWatch, diskStampBytes, stampedDisk } from "../../src/files/disk-stamp.ts";
import { startRig, storedFiles } from "../support/file-rig.ts";
import { MemoryDisk } from "../support/memory-disk.ts";

test("the stamp shows a call that does not return, and its end", (t) => {
  const stamp = new SharedArrayBuffer(diskStampBytes);
  const watch = new DiskCallWatch(stamp);
  const disk = new MemoryDisk();
  t.is(watch.measureCallMs(1_000), 0);
  disk.freeBytes = () => {
    t.is(watch.measureCallMs(1_250), 0);
    t.is(watch.measureCallMs(1_750), 500);
    t.is(watch.measureCallMs(2_250), 1_000);
    return 5;
  };
  t.is(stampedDisk(disk, stamp).freeBytes("/"), 5);
  t.is(watch.measureCallMs(3_500), 0);
  t.is(watch.measureCallMs(9_000), 0);
});

test("two calls between two looks do not count as one", (t) => {
  const stamp = new SharedArrayBuffer(diskStampBytes);
  const watch = new DiskCallWatch(stamp);
  const counter = new Int32Array(stamp);
  counter[0] = 1;
  t.is(watch.measureCallMs(0), 0);
  counter[0] = 3;
  t.is(watch.measureCallMs(5_000), 0);
  t.is(watch.measureCallMs(5_100), 100);
});

test("time without a look is not counted, because the program may have been stopped", (t) => {
  const stamp = new SharedArrayBuffer(diskStampBytes);
  const watch = new DiskCallWatch(stamp);
  new Int32Array(stamp)[0] = 1;
  watch.measureCallMs(0);
  t.is(watch.measureCallMs(250), 250);
  t.is(watch.measureCallMs(60_250), 250);
  t.is(watch.measureCallMs(60_500), 500);
});

test("a call that throws has ended too", (t) => {
  const stamp = new SharedArrayBuffer(diskStampBytes);
  const disk = stampedDisk(new MemoryDisk(), stamp);
  t.throws(() => disk.open("/none", "read"), { code: "ENOENT" });
  t.is(new Int32Array(stamp)[0], 2);
});

test("the stamp shows a disk thread until it has ended, not only until it is closed", async (t) => {
  const stamp = new SharedArrayBuffer(diskStampBytes);
  const watch = new DiskCallWatch(stamp);
  const disk = new MemoryDisk();
  const ended = Promise.withResolvers<void>();
  disk.openThread = () => ({
    run: () => Promise.reject(new Error("late")),
    close: () => ended.promise,
  });
  t.false(watch.hasThread);
  const thread = stampedDisk(disk, stamp).openThread({
    operation: "move files",
    module: new URL("file:///move"),
    run: () => undefined,
  });
  t.true(watch.hasThread);
  const closed = [thread.close(), thread.close()];
  t.true(watch.hasThread);
  ended.resolve();
  await Promise.all(closed);
  t.false(watch.hasThread);
});

test("the file-worker's stamp shows a move whose thread does not end", async (t) => {
  const stamp = new SharedArrayBuffer(diskStampBytes);
  const disk = new MemoryDisk(["/data"]);
  const late = new ActorError("disk-not-answering", { message: "late" });
  disk.openThread = () => ({
    run: () => Promise.reject(late),
    close: () => new Promise(() => {}),
  });
  const files = storedFiles({ a: 4 });
  const answer = await startRig(disk, { stamp }).move({ root: "/data", files, to: "/other" });
  t.like(answer, { refused: "disk-not-answering" });
  t.true(new DiskCallWatch(stamp).hasThread);
});

test("the file-worker's stamp shows its disk calls", async (t) => {
  const stamp = new SharedArrayBuffer(diskStampBytes);
  const rig = startRig(new MemoryDisk(), { stamp });
  await rig.open({ files: { a: 4 }, pieceLengthBytes: 4 });
  rig.write({ piece: 0, lengthBytes: 4 });
  rig.settle();
  const counter = new Int32Array(stamp)[0] ?? 0;
  t.true(counter > 4 && counter % 2 === 0);
});
