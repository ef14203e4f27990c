import test from "ava";
import fc from "fast-check";
import type { SlabId, TorrentId } from "@troupe/messages";
import { MemoryDisk } from "./support/memory-disk.ts";
import { pattern, startRig } from "./support/file-rig.ts";

const layout = fc.record({
  lengths: fc.array(fc.oneof(fc.constantFrom(0, 1), fc.integer({ min: 0, max: 300 })), {
    minLength: 1,
    maxLength: 12,
  }),
  pieceLengthBytes: fc.integer({ min: 1, max: 120 }),
  maxOpenFiles: fc.integer({ min: 1, max: 4 }),
  seed: fc.infiniteStream(fc.nat()),
});

test("pieces written in any order over any files give the right bytes, also when read back", async (t) => {
  await fc.assert(
    fc.asyncProperty(layout, async ({ lengths, pieceLengthBytes, maxOpenFiles, seed }) => {
      const totalBytes = lengths.reduce((sum, length) => sum + length, 0);
      const content = pattern(totalBytes);
      const disk = new MemoryDisk();
      const rig = startRig(disk, { maxOpenFiles, slabBytes: totalBytes + 1 });
      rig.memory.set(content);
      const files = Object.fromEntries(
        lengths.map((length, file) => [`${file % 3}/${file}`, length]),
      );
      await rig.open({ files, pieceLengthBytes });
      const pieceCount = Math.ceil(totalBytes / pieceLengthBytes);
      const order = Array.from({ length: pieceCount }, (_, piece) => ({
        piece,
        rank: seed.next().value,
      })).sort((a, b) => a.rank - b.rank);
      for (const { piece, rank } of order) {
        const offset = piece * pieceLengthBytes;
        const lengthBytes = Math.min(pieceLengthBytes, totalBytes - offset);
        rig.write({ piece, offset, lengthBytes });
        if (rank % 3 === 0) rig.time.endTurn();
      }
      rig.settle();
      t.is(rig.notices.length, pieceCount);
      t.true(rig.notices.every((notice) => "written" in notice));
      await rig.complete();
      assertFiles(t, disk, files, content);
      rig.memory.fill(0);
      if (totalBytes > 0) t.deepEqual(rig.readBlocks({ position: 0, lengthBytes: totalBytes }), {});
      t.deepEqual(rig.memory.slice(0, totalBytes), content);
    }),
    { numRuns: 100 },
  );
});

function assertFiles(
  t: { deepEqual(actual: unknown, expected: unknown): unknown },
  disk: MemoryDisk,
  files: Readonly<Record<string, number>>,
  content: Uint8Array,
) {
  let at = 0;
  const stored = Object.entries(files);
  for (const [path, lengthBytes] of stored) {
    t.deepEqual(disk.bytesOf(`/data/${path}`), content.slice(at, at + lengthBytes));
    at += lengthBytes;
  }
}

const notQueued = test.macro<[message: object, refused: string]>(async (t, message, refused) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk, { slabBytes: 64 });
  await rig.open({ files: { a: 20 }, pieceLengthBytes: 16 });
  rig.write({ piece: 0, lengthBytes: 16, ...message });
  rig.settle();
  const [notice] = rig.notices;
  t.like(notice, { refused });
  t.is(disk.calls.get("open"), undefined);
});

test("a piece in an unknown slab is refused", notQueued, { slab: 7 as SlabId }, "unknown-slab");
test("a piece of an unknown torrent", notQueued, { torrent: 7 as TorrentId }, "unknown-torrent");
test("a piece outside its slab", notQueued, { offset: 49 }, "out-of-range");
test("a piece at a negative offset", notQueued, { offset: -1 }, "out-of-range");
test("a piece that the torrent does not have", notQueued, { piece: 2 }, "out-of-range");
test("a negative piece", notQueued, { piece: -1 }, "out-of-range");
test("a piece of the wrong length", notQueued, { lengthBytes: 15 }, "out-of-range");
test("a last piece that is too long", notQueued, { piece: 1, lengthBytes: 16 }, "out-of-range");

test("refused pieces are told as there is room for notices", async (t) => {
  const rig = startRig(new MemoryDisk(), { slabBytes: 64 });
  rig.noticeCredits = 2;
  for (const piece of [0, 1, 2]) rig.write({ piece, lengthBytes: 16 });
  t.deepEqual(
    rig.notices.map((notice) => "notWritten" in notice && notice.notWritten),
    [0, 1],
  );
  rig.giveNoticeRoom(1);
  t.like(rig.notices[2], { notWritten: 2, refused: "unknown-torrent" });
});

test("the last piece may be shorter", async (t) => {
  const rig = startRig(new MemoryDisk(), { slabBytes: 64 });
  await rig.open({ files: { a: 20 }, pieceLengthBytes: 16 });
  rig.write({ piece: 1, lengthBytes: 4 });
  rig.settle();
  t.deepEqual(rig.notices, [{ written: 1 }]);
});

test("a slab that is closed is unknown, and pieces queued from it are still written", async (t) => {
  const rig = startRig(new MemoryDisk(), { slabBytes: 64 });
  await rig.open({ files: { a: 32 }, pieceLengthBytes: 16 });
  rig.write({ piece: 0, lengthBytes: 16 });
  rig.state.slabs.close(1 as SlabId);
  rig.write({ piece: 1, lengthBytes: 16 });
  rig.settle();
  t.deepEqual(rig.notices, [
    { notWritten: 1, refused: "unknown-slab", path: undefined },
    { written: 0 },
  ]);
});
