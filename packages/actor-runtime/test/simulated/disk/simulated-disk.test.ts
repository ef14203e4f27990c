import test from "ava";

import { Scheduler } from "../../../src/simulated/scheduler.ts";
import { SimulatedDisk, type DiskCall } from "../../../src/simulated/disk/simulated-disk.ts";
import { pageBytes } from "../../../src/simulated/disk/simulated-file.ts";
import { diskSuite } from "../../io/support/disk-suite.ts";

function emptyDisk(capacityBytes?: number): { disk: SimulatedDisk; calls: DiskCall[] } {
  const calls: DiskCall[] = [];
  const disk = new SimulatedDisk({
    clock: new Scheduler().clock,
    log: (call) => calls.push(call),
    ...(capacityBytes === undefined ? {} : { capacityBytes }),
  });
  return { disk, calls };
}

diskSuite(test, () => {
  const { disk } = emptyDisk();
  disk.makeFolder("/data");
  return { disk, folder: "/data" };
});

test("a full disk takes the bytes that fit and fails with ENOSPC", (t) => {
  const { disk } = emptyDisk(3 * pageBytes);
  const file = disk.open("/a", "create");
  t.throws(() => disk.write(file, [new Uint8Array(5 * pageBytes)], 0), { code: "ENOSPC" });
  t.is(disk.statFile(file).lengthBytes, 3 * pageBytes);
  t.is(disk.freeBytes("/"), 0);
  t.throws(() => disk.writeFileAtomically("/b", Uint8Array.of(1)), { code: "ENOSPC" });
  t.is(disk.stat("/b"), undefined);
  // Bytes with space on the disk can still be written.
  disk.write(file, [new Uint8Array(3 * pageBytes)], 0);
  disk.capacityBytes += pageBytes;
  disk.writeFileAtomically("/b", Uint8Array.of(1));
  t.is(disk.freeBytes("/"), 0);
});

test("space is free again when a file has neither a name nor a reader", (t) => {
  const { disk } = emptyDisk(2 * pageBytes);
  const file = disk.open("/a", "create");
  disk.write(file, [new Uint8Array(2 * pageBytes)], 0);
  disk.truncate(file, pageBytes);
  t.is(disk.freeBytes("/"), pageBytes);
  disk.remove("/a");
  t.is(disk.freeBytes("/"), pageBytes);
  disk.close(file);
  t.is(disk.freeBytes("/"), 2 * pageBytes);
});

test("a hole takes no space", (t) => {
  const { disk } = emptyDisk(pageBytes);
  const file = disk.open("/a", "create");
  disk.truncate(file, 2 ** 40);
  disk.write(file, [Uint8Array.of(1)], 2 ** 39);
  t.is(disk.statFile(file).lengthBytes, 2 ** 40);
  t.is(disk.freeBytes("/"), 0);
});

test("bytes that truncate cut off are zero when the file grows again", (t) => {
  const { disk } = emptyDisk();
  const file = disk.open("/a", "create");
  disk.write(file, [new Uint8Array(2 * pageBytes).fill(7)], 0);
  disk.truncate(file, 1);
  disk.truncate(file, 2 * pageBytes);
  const view = new Uint8Array(2 * pageBytes);
  disk.read(file, [view], 0);
  t.deepEqual(
    view.findIndex((byte) => byte === 0),
    1,
  );
  t.true(view.subarray(1).every((byte) => byte === 0));
});

test("a call chosen by its number fails with the chosen error and changes nothing", (t) => {
  const { disk, calls } = emptyDisk();
  disk.failCall(3, "EIO");
  const file = disk.open("/a", "create");
  disk.write(file, [Uint8Array.of(1)], 0);
  t.throws(() => disk.write(file, [Uint8Array.of(2)], 0), { code: "EIO" });
  disk.write(file, [Uint8Array.of(3)], 1);
  t.deepEqual([...disk.readFile("/a")], [1, 3]);
  t.is(disk.callCount, 5);
  t.deepEqual(calls[2], { number: 3, operation: "write", path: "/a", lengthBytes: 1 });
});

test("a fault selects calls by their kind", (t) => {
  const { disk } = emptyDisk();
  disk.fault = ({ operation, path }) =>
    operation === "sync" && path === "/bad" ? "EIO" : undefined;
  disk.sync(disk.open("/good", "create"));
  const bad = disk.open("/bad", "create");
  t.throws(() => disk.sync(bad), { code: "EIO" });
  disk.fault = undefined;
  disk.sync(bad);
});

test("paths are absolute", (t) => {
  t.throws(() => emptyDisk().disk.open("a", "create"), { code: "EINVAL" });
});

test("a folder on a device of its own has its device, and no file is renamed into it", (t) => {
  const { disk } = emptyDisk();
  disk.mounts.add("/other", 7n);
  disk.makeFolder("/other");
  disk.makeFolder("/other/below");
  t.deepEqual(
    ["/", "/other", "/other/below"].map((path) => disk.stat(path)?.device),
    [1n, 7n, 7n],
  );
  disk.close(disk.open("/a", "create"));
  t.throws(() => disk.rename("/a", "/other/a"), { code: "EXDEV" });
});
