import test from "ava";
import { MemoryDisk } from "./support/memory-disk.ts";
import { pattern, startRig } from "./support/file-rig.ts";

const files = { "t/a": 100, "t/b": 50 };

test("E09: an unwritable folder is reported before a file is made", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  await rig.open({ files, pieceLengthBytes: 50 });
  disk.fail("makeFolder", "EROFS");
  t.like(await rig.prepare("sparse"), { refused: "EROFS", path: "/data" });
  t.like(await rig.prepare("sparse"), { freeBytes: disk.free });
  t.deepEqual([...disk.entries.keys()], ["/", "/data"]);
});

test("E09: the nearest folder that exists counts when the root does not", async (t) => {
  const disk = new MemoryDisk(["/elsewhere"]);
  const rig = startRig(disk);
  await rig.open({ root: "/elsewhere/new/deep", files, pieceLengthBytes: 50 });
  t.like(await rig.prepare("sparse"), { freeBytes: disk.free });
  t.deepEqual([...disk.entries.keys()], ["/", "/elsewhere"]);
});

test("E09: full allocation reserves the space of wanted files, and leaves existing bytes", async (t) => {
  const disk = new MemoryDisk(["/data/t"]);
  disk.put("/data/t/a", pattern(30));
  const rig = startRig(disk);
  await rig.open({ files, pieceLengthBytes: 50, unwanted: [1] });
  disk.free = 70;
  t.deepEqual(await rig.prepare("full"), { freeBytes: 70 });
  t.deepEqual(disk.bytesOf("/data/t/a")?.slice(0, 30), pattern(30));
  t.is(disk.bytesOf("/data/t/a")?.byteLength, 100);
  t.is(disk.bytesOf("/data/t/b"), undefined);
});

test("E09: full allocation without enough space is refused with both figures, and makes no file", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  await rig.open({ files, pieceLengthBytes: 50 });
  disk.free = 149;
  t.like(await rig.prepare("full"), {
    refused: "disk-full",
    message: 'cannot allocate 150 B in "/data": 149 B are free',
  });
  t.deepEqual([...disk.entries.keys()], ["/", "/data"]);
});

test("a closed storage gets no more zeros, so that writes of the next storage stay", async (t) => {
  const chunkBytes = 4 * 1024 * 1024;
  const disk = new MemoryDisk();
  const rig = startRig(disk, { slabBytes: chunkBytes });
  const large = { files: { a: 30 * chunkBytes }, pieceLengthBytes: chunkBytes };
  await rig.open(large);
  const allocating = rig.prepare("full");
  await rig.close();
  const writes = disk.calls.get("write");
  t.is(disk.openCount, 0);
  await rig.open(large);
  rig.memory.fill(7);
  rig.write({ piece: 29, lengthBytes: chunkBytes });
  rig.settle();
  t.like(await allocating, { refused: "unknown-torrent" });
  t.deepEqual(rig.notices, [{ written: 29 }]);
  t.is(disk.bytesOf("/data/a")?.at(-1), 7);
  t.is(disk.calls.get("write"), (writes ?? 0) + 1);
});
