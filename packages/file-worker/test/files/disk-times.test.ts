import test from "ava";
import { MemoryDisk } from "../support/memory-disk.ts";
import { diskStampBytes, stampedDisk } from "../../src/files/disk-stamp.ts";
import { addDiskTimes, diskTimes, timedDisk } from "../../src/files/disk-times.ts";

test("I02: reads, writes and syncs of a disk are timed, each by its kind", async (t) => {
  let nowMs = 0;
  const disk = stampedDisk(new MemoryDisk(), new SharedArrayBuffer(diskStampBytes));
  const times = diskTimes();
  const timed = timedDisk(disk, times, { nowMs: () => (nowMs += 10) });
  const file = timed.open("/a", "create");
  timed.write(file, [new Uint8Array(4)], 0);
  timed.read(file, [new Uint8Array(4)], 0);
  timed.read(file, [new Uint8Array(4)], 0);
  const all = diskTimes();
  addDiskTimes(all, times);
  t.is(all.read.read({}).value, 2);
  t.is(all.write.read({}).sum, 0.01);
  t.is(all.sync.read({}).value, 0);
});

test("E13: reads that find their bytes in memory are counted, however long the copy of a long read takes", (t) => {
  let tookMs = 0;
  let nowMs = 0;
  const disk = stampedDisk(new MemoryDisk(), new SharedArrayBuffer(diskStampBytes));
  const times = diskTimes();
  const timed = timedDisk(disk, times, { nowMs: () => (nowMs += tookMs) });
  const file = timed.open("/a", "create");
  timed.write(file, [new Uint8Array(1 << 20)], 0);
  const read = (lengthBytes: number, ms: number): void => {
    tookMs = ms;
    timed.read(file, [new Uint8Array(lengthBytes)], 0);
  };
  read(16_384, 0.02);
  read(16_384, 0.2);
  read(1 << 20, 0.3);
  read(1 << 20, 3);
  t.is(times.read.read({}).value, 4);
  t.is(times.memoryRead.read({}).value, 2);
});
