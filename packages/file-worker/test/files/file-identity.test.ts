import test from "ava";
import { MemoryDisk } from "../support/memory-disk.ts";
import { pattern, startRig } from "../support/file-rig.ts";

async function seeding() {
  const disk = new MemoryDisk();
  disk.put("/data/a", pattern(100));
  disk.put("/data/b", pattern(100));
  const rig = startRig(disk);
  await rig.open({ files: { a: 100, b: 100 }, pieceLengthBytes: 50 });
  const read = (position: number) => rig.readBlocks({ position, lengthBytes: 50 });
  return { disk, rig, read };
}

test("F27: a file that another program writes to, cuts or replaces is noticed within a second", async (t) => {
  const changes: ((disk: MemoryDisk) => void)[] = [
    (disk) => disk.put("/data/a", pattern(100, 7)),
    (disk) => disk.remove("/data/a"),
    (disk) => disk.putOther("/data/a", "other"),
    (disk) => disk.putOther("/data/a", "link"),
    (disk) => {
      disk.remove("/data/a");
      disk.makeFolder("/data/a");
    },
    (disk) => disk.truncate(disk.open("/data/a", "write"), 99),
    (disk) => disk.write(disk.open("/data/a", "write"), [Uint8Array.of(1)], 3),
  ];
  for (const change of changes) {
    const { disk, rig, read } = await seeding();
    t.deepEqual(read(0), {});
    rig.time.freeze(1_000);
    change(disk);
    t.like(read(0), { refused: "file-changed", file: 0 });
    t.deepEqual(read(100), {}, "another file is served on");
  }
});

test("F27: a changed file is reported once and not served before it has been accepted again", async (t) => {
  const { disk, rig, read } = await seeding();
  read(0);
  rig.time.freeze(1_000);
  disk.put("/data/a", pattern(100, 7));
  read(0);
  disk.put("/data/a", pattern(100));
  for (let time = 0; time < 3; time += 1) t.like(read(50), { refused: "file-changed" });
  t.deepEqual(rig.readFailures, [{ refused: "file-changed", file: 0 }]);
  t.deepEqual(await rig.acceptFile(0), {});
  t.deepEqual(read(50), {});
});

test("a change that was not reported for lack of credits is reported by the next read", async (t) => {
  const { disk, rig, read } = await seeding();
  rig.noticeCredits = 0;
  disk.remove("/data/a");
  t.like(read(0), { refused: "file-changed" });
  t.deepEqual(rig.readFailures, []);
  rig.noticeCredits = 10;
  t.like(read(0), { refused: "file-changed" });
  t.is(rig.readFailures.length, 1);
});

test("F22: an I/O error does not make a file suspect: it is reported each time, and the file is read again", async (t) => {
  const { disk, rig, read } = await seeding();
  disk.fail("read", "EIO");
  t.like(read(0), { refused: "EIO", file: 0 });
  t.deepEqual(rig.readFailures, [{ refused: "EIO", file: 0 }]);
  t.deepEqual(read(0), {});
});

test("our own writes do not make a file suspect", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  await rig.open({ files: { a: 100 }, pieceLengthBytes: 50 });
  for (const piece of [0, 1]) {
    rig.write({ piece, lengthBytes: 50 });
    rig.settle();
    rig.time.freeze(1_000);
    t.deepEqual(rig.readBlocks({ position: piece * 50, lengthBytes: 50 }), {});
  }
  t.deepEqual(rig.readFailures, []);
});

test("F27: a removed file is made again after it has been accepted", async (t) => {
  const { disk, rig } = await seeding();
  disk.remove("/data/a");
  rig.write({ piece: 0, lengthBytes: 50 });
  rig.settle();
  t.like(rig.notices.at(-1), { notWritten: 0, refused: "file-changed" });
  t.deepEqual(await rig.acceptFile(0), {});
  rig.write({ piece: 0, lengthBytes: 50 });
  rig.settle();
  t.deepEqual(rig.notices.at(-1), { written: 0 });
});

test("F27: a piece that a check found lost is not written to a file that has lost its name", async (t) => {
  const { disk, rig } = await seeding();
  rig.write({ piece: 0, lengthBytes: 50 });
  rig.settle();
  disk.remove("/data/a");
  rig.lose(0, 1);
  rig.write({ piece: 0, lengthBytes: 50 });
  rig.settle();
  t.like(rig.notices.at(-1), { notWritten: 0, refused: "file-changed" });
  t.deepEqual(await rig.acceptFile(0), {});
  rig.write({ piece: 0, lengthBytes: 50 });
  rig.settle();
  t.deepEqual(rig.notices.at(-1), { written: 0 });
  t.is(disk.stat("/data/a")?.lengthBytes, 100);
});

test("F26: a folder that replaced the root is not written to, because the volume may be away", async (t) => {
  const { disk, rig, read } = await seeding();
  disk.rename("/data", "/away");
  disk.makeFolder("/data");
  rig.time.freeze(2_000);
  rig.write({ piece: 3, lengthBytes: 50 });
  rig.settle();
  t.like(rig.notices.at(-1), { notWritten: 3, refused: "ENOENT", path: "/data" });
  t.true("refused" in read(150));
});
