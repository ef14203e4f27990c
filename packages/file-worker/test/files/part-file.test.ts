import test from "ava";
import { MemoryDisk } from "../support/memory-disk.ts";
import { pattern, startRig, type FileRig, type OpenOptions } from "../support/file-rig.ts";

const pieceLengthBytes = 100;
/** Pieces 2, 4 and 6 are shared by two files, piece 8 by three. */
const files = { "t/a": 250, "t/b": 200, "t/c": 200, "t/d": 200, "t/e": 10, "t/f": 90 };
const total = 950;
const content = pattern(total);

interface Scene {
  readonly disk: MemoryDisk;
  readonly rig: FileRig;
  readonly open: (unwanted: readonly number[]) => ReturnType<FileRig["open"]>;
  readonly write: (...pieces: number[]) => void;
  readonly read: (position: number, lengthBytes: number) => Uint8Array | undefined;
}

function scene(disk = new MemoryDisk()): Scene {
  const rig = startRig(disk);
  return {
    disk,
    rig,
    open: (unwanted) => rig.open({ files, pieceLengthBytes, unwanted } satisfies OpenOptions),
    write: (...pieces) => {
      for (const piece of pieces) {
        const part = content.subarray(piece * 100, piece * 100 + 100);
        rig.memory.set(part, piece * 1000);
        rig.write({ piece, offset: piece * 1000, lengthBytes: part.byteLength });
      }
      rig.settle();
    },
    read: (position, lengthBytes) => {
      const offset = 100_000;
      const answer = rig.readBlocks({ position, lengthBytes, offset });
      return "refused" in answer ? undefined : rig.memory.slice(offset, offset + lengthBytes);
    },
  };
}

const names = (disk: MemoryDisk): string[] =>
  [...disk.entries.keys()].filter((path) => disk.entries.get(path)?.kind === "file").toSorted();

const isWritten = (rig: FileRig): boolean => rig.notices.every((notice) => "written" in notice);

test("AE6: an unwanted file never appears, and its fetched bytes are read back", async (t) => {
  const { disk, rig, open, write, read } = scene();
  await open([0, 2]);
  write(2, 3, 4, 6, 7);
  t.true(isWritten(rig));
  t.deepEqual(names(disk), ["/data/.parts", "/data/t/b", "/data/t/d"]);
  t.deepEqual(read(200, 300), content.slice(200, 500));
  t.deepEqual(read(600, 200), content.slice(600, 800));
  t.deepEqual(disk.bytesOf("/data/t/b"), content.slice(250, 450));
});

test("AE6: several fragments lie side by side without overlap", async (t) => {
  const { rig, open, write, read } = scene();
  await open([1, 3, 5]);
  write(8, 2, 6, 4);
  t.true(isWritten(rig));
  for (const piece of [2, 4, 6, 8]) {
    t.deepEqual(read(piece * 100, 100), content.slice(piece * 100, piece * 100 + 100));
  }
});

test("AE6: without unwanted files there is no part file", async (t) => {
  const { disk, open, write } = scene();
  await open([]);
  write(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  t.false(names(disk).includes("/data/.parts"));
});

test("AE6: the bytes of a file that becomes wanted move into it, and the part file is removed", async (t) => {
  const { disk, rig, open, write, read } = scene();
  await open([0, 2]);
  write(2, 4, 6);
  t.like(await rig.settlePartFile(0), { partFile: { files: [0] } });
  t.deepEqual(disk.bytesOf("/data/t/c")?.slice(0, 50), content.slice(450, 500));
  t.deepEqual(disk.bytesOf("/data/t/c")?.slice(150), content.slice(600, 650));
  t.deepEqual(read(400, 100), content.slice(400, 500));
  t.true(names(disk).includes("/data/.parts"));
  t.deepEqual(await rig.settlePartFile(), {});
  t.deepEqual(names(disk), ["/data/t/a", "/data/t/b", "/data/t/c", "/data/t/d"]);
  t.deepEqual(read(200, 100), content.slice(200, 300));
  t.deepEqual(disk.bytesOf("/data/t/a")?.slice(200), content.slice(200, 250));
});

test("AE6: moved bytes are synced before their entry is free", async (t) => {
  const { disk, rig, open, write } = scene();
  await open([0]);
  write(2);
  disk.fail("sync", "EIO");
  t.like(await rig.settlePartFile(), { refused: "EIO" });
  t.true(names(disk).includes("/data/.parts"));
  t.deepEqual(await rig.settlePartFile(), {});
  t.false(names(disk).includes("/data/.parts"));
});

test("AE6: an existing file stays a file when it becomes unwanted", async (t) => {
  const { disk, rig, open, write, read } = scene();
  await open([2]);
  write(0, 2);
  t.like(await rig.settlePartFile(0, 2), { partFile: { files: [2] } });
  write(1);
  t.deepEqual(disk.bytesOf("/data/t/a"), content.slice(0, 250));
  t.deepEqual(read(100, 100), content.slice(100, 200));
});

test("AE6: a file without written bytes does not appear when it becomes unwanted", async (t) => {
  const { disk, rig, open, write, read } = scene();
  await open([]);
  await rig.settlePartFile(1);
  write(3, 4);
  t.false(names(disk).includes("/data/t/b"));
  t.deepEqual(read(300, 100), content.slice(300, 400));
});

test("AE6: a free entry is used again", async (t) => {
  const { disk, rig, open, write } = scene();
  await open([0, 2, 5]);
  write(2, 4, 6, 8);
  await rig.settlePartFile(0, 5);
  const before = disk.bytesOf("/data/.parts")?.byteLength ?? 0;
  await rig.settlePartFile(0, 5, 4);
  write(9);
  t.is(disk.bytesOf("/data/.parts")?.byteLength, before);
});

test("AE6: a new storage finds the entries of an earlier one", async (t) => {
  const disk = new MemoryDisk();
  const first = scene(disk);
  await first.open([0, 2]);
  first.write(2, 4, 6);
  await first.rig.close();
  const second = scene(disk);
  t.like(await second.open([0, 2]), {
    foundBytes: 400,
    partFile: { path: "/data/.parts", files: [0, 2] },
  });
  t.deepEqual(second.read(200, 100), content.slice(200, 300));
  t.deepEqual(second.read(600, 50), content.slice(600, 650));
});

test("AE6: a file that became wanted between runs gets its bytes when the storage opens", async (t) => {
  const disk = new MemoryDisk();
  const first = scene(disk);
  await first.open([0, 2]);
  first.write(2, 4, 6);
  await first.rig.close();
  const second = scene(disk);
  await second.open([]);
  t.deepEqual(await second.rig.settlePartFile(), {});
  t.deepEqual(disk.bytesOf("/data/t/a")?.slice(200), content.slice(200, 250));
  t.false(names(disk).includes("/data/.parts"));
});

test("AE6: a move that was interrupted at any step is repeated", async (t) => {
  for (let skip = 0; skip < 12; skip += 1) {
    const disk = new MemoryDisk();
    const first = scene(disk);
    await first.open([0, 2]);
    first.write(2, 4, 6);
    disk.fail("write", "EIO", { skip });
    const cut = await first.rig.settlePartFile();
    // The thread is gone: nothing is closed in order.
    const second = scene(disk);
    await second.open([]);
    t.deepEqual(await second.rig.settlePartFile(), {});
    t.deepEqual(second.read(200, 100), content.slice(200, 300), `cut ${skip}`);
    t.deepEqual(disk.bytesOf("/data/t/a")?.slice(200), content.slice(200, 250));
    t.deepEqual(disk.bytesOf("/data/t/c")?.slice(0, 50), content.slice(450, 500));
    if (!("refused" in cut)) {
      t.true(skip > 3);
      return;
    }
  }
  t.fail("no run was whole");
});

test("AE6: pieces written during a move arrive as well", async (t) => {
  const { disk, rig, open, write } = scene();
  await open([0, 2]);
  write(2, 4);
  let isSettled = false;
  const settled = rig.finish(rig.settlePartFile()).then(() => (isSettled = true));
  await Promise.resolve();
  for (const piece of [0, 1, 5, 6]) {
    const part = content.subarray(piece * 100, piece * 100 + 100);
    rig.memory.set(part, piece * 1000);
    rig.write({ piece, offset: piece * 1000, lengthBytes: 100 });
  }
  t.false(isSettled);
  await settled;
  rig.settle();
  t.deepEqual(disk.bytesOf("/data/t/a"), content.slice(0, 250));
  t.deepEqual(disk.bytesOf("/data/t/c"), content.slice(450, 650));
});

test("a torn or foreign header is a free entry, and gives no bytes", async (t) => {
  const disk = new MemoryDisk();
  const first = scene(disk);
  await first.open([0, 2]);
  first.write(2, 4);
  await first.rig.close();
  const bytes = disk.bytesOf("/data/.parts") ?? new Uint8Array();
  bytes[21] = (bytes[21] ?? 0) ^ 1;
  disk.put("/data/.parts", bytes);
  const second = scene(disk);
  const found = await second.open([0, 2]);
  t.deepEqual("partFile" in found && found.partFile?.entries.map(([piece]) => Number(piece)), [4]);
  t.is(second.read(200, 50), undefined);
});

test("an intact header with impossible values is a free entry", async (t) => {
  for (const [piece, to] of [
    [10, 100],
    [2 ** 31, 100],
    [2, 101],
  ] as const) {
    const disk = new MemoryDisk();
    const first = scene(disk);
    await first.open([0, 2]);
    first.write(2, 4);
    await first.rig.close();
    const bytes = disk.bytesOf("/data/.parts") ?? new Uint8Array();
    const header = new DataView(bytes.buffer, bytes.byteOffset);
    const numbers = [piece, 0, to, ~(piece ^ to) >>> 0];
    for (const [index, number] of numbers.entries()) header.setUint32(8 + 4 * index, number);
    disk.put("/data/.parts", bytes);
    const found = await scene(disk).open([0, 2]);
    t.deepEqual("partFile" in found && found.partFile?.entries.map(([held]) => Number(held)), [4]);
  }
});

test("AE6: no more bytes of a piece are read than its entry has", async (t) => {
  const { disk, rig, open, write, read } = scene();
  await open([0, 4]);
  write(8);
  write(2);
  t.deepEqual(read(800, 100), content.slice(800, 900));
  await rig.close();
  // Bytes that the part file lacks can no longer come from the file.
  disk.remove("/data/t/f");
  const again = scene(disk);
  await again.open([0, 4, 5]);
  t.deepEqual(again.read(850, 10), content.slice(850, 860));
  t.is(again.read(860, 40), undefined);
  t.is(again.read(850, 20), undefined);
});

test("AE6: unwanted empty files are not made at completion", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  await rig.open({ files: { a: 0, b: 0, c: 10 }, pieceLengthBytes: 10, unwanted: [1] });
  await rig.complete();
  t.deepEqual(names(disk), ["/data/a"]);
});

test("a part file that is a link or a device is refused", async (t) => {
  const disk = new MemoryDisk();
  disk.putOther("/data/.parts", "link");
  t.like(await scene(disk).open([0]), { refused: "not-a-file" });
});

test("AE6: a closed storage moves no bytes", async (t) => {
  const { disk, rig, open, write } = scene();
  await open([0, 2]);
  write(2, 4, 6);
  const settling = rig.settlePartFile();
  await rig.close();
  t.is(disk.openCount, 0);
  const before = names(disk);
  t.like(await settling, { refused: "unknown-torrent" });
  t.deepEqual(names(disk), before);
  t.is(disk.openCount, 0);
  const again = scene(disk);
  await again.open([]);
  t.deepEqual(await again.rig.settlePartFile(), {});
  t.deepEqual(again.read(400, 100), content.slice(400, 500));
  t.deepEqual(again.read(600, 100), content.slice(600, 700));
});

test("AE6: bytes that are still to be moved are read from neither place", async (t) => {
  const disk = new MemoryDisk();
  const first = scene(disk);
  await first.open([0, 2]);
  first.write(2, 4, 6);
  await first.rig.close();
  const settling = { files, pieceLengthBytes, isToSettle: true };
  const second = scene(disk);
  await second.rig.open({ ...settling, unwanted: [0, 2] });
  t.deepEqual(second.read(450, 50), content.slice(450, 500), "nothing is to be moved");
  // An end in the middle of a move leaves the file there, with nothing of what the part file has.
  disk.put("/data/t/c", new Uint8Array(200));
  const third = scene(disk);
  await third.rig.open({ ...settling, unwanted: [0] });
  t.is(third.read(450, 50), undefined);
  t.deepEqual(third.rig.readFailures, []);
  await third.rig.settlePartFile(0);
  t.deepEqual(third.read(450, 50), content.slice(450, 500));
});

test("AE6: a file that was made without its length does not hide the bytes in the part file", async (t) => {
  const disk = new MemoryDisk();
  const first = scene(disk);
  await first.open([0]);
  disk.fail("truncate", "EIO");
  first.write(5);
  t.is(disk.bytesOf("/data/t/c")?.byteLength, 0);
  await first.rig.settlePartFile(0, 2);
  first.write(4);
  const second = scene(disk);
  await second.open([0, 2]);
  t.deepEqual(second.read(400, 100), content.slice(400, 500));
  second.write(6);
  t.deepEqual(second.read(400, 100), content.slice(400, 500));
  t.like(await second.rig.settlePartFile(0), { partFile: { entries: [] } });
  t.deepEqual(second.read(400, 300), content.slice(400, 700).fill(0, 100, 200));
});

test("AE6: a part file that was cut is reported when its bytes are wanted, unless a start hashes them", async (t) => {
  const disk = new MemoryDisk();
  const first = scene(disk);
  await first.open([2]);
  first.write(4, 5, 6);
  disk.cut("/data/.parts", 100);
  t.like(await first.rig.settlePartFile(), { refused: "file-changed" });
  await first.rig.close();
  const second = scene(disk);
  await second.rig.open({ files, pieceLengthBytes, unwanted: [], isToSettle: true });
  t.deepEqual(await second.rig.settlePartFile(), {});
});
