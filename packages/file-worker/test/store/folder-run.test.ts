import test from "ava";
import type { PieceIndex } from "@troupe/protocol/units";
import { pattern, startRig, torrent, type OpenOptions } from "../support/file-rig.ts";
import { MemoryDisk } from "../support/memory-disk.ts";
import { FolderRun } from "../../src/store/folder-run.ts";

/** A run of the pieces 1 and 2 of three pieces of 16 bytes. */
async function runOver(shape: Pick<OpenOptions, "files" | "unwanted">) {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  await rig.open({ ...shape, pieceLengthBytes: 16 });
  const storage = rig.state.storages.get(torrent);
  if (storage === undefined) throw new Error("the torrent is not open");
  const views = [pattern(16, 16), pattern(16, 32)];
  return { disk, storage, run: new FolderRun(rig.state, storage, 1 as PieceIndex, views) };
}

test("a run takes a call per file, within its budget", async (t) => {
  const { disk, run } = await runOver({ files: { a: 20, b: 28 } });
  t.is(disk.calls.get("write"), undefined);
  t.deepEqual([run.advance(100), run.isDone], [4, false]);
  t.deepEqual([run.advance(10), run.isDone], [10, false]);
  t.deepEqual([run.advance(100), run.isDone], [18, true]);
  t.is(disk.calls.get("write"), 3);
  t.deepEqual(disk.bytesOf("/data/a")?.subarray(16), pattern(4, 16));
  t.deepEqual(disk.bytesOf("/data/b"), pattern(28, 20));
});

test("a piece with bytes of an unwanted file goes to the part file first", async (t) => {
  const { disk, run } = await runOver({ files: { a: 20, b: 28 }, unwanted: [0] });
  t.deepEqual([run.advance(1), run.isDone], [16, false]);
  t.false(disk.entries.has("/data/b"));
  t.deepEqual([run.advance(100), run.advance(100), run.isDone], [4, 28, true]);
  t.false(disk.entries.has("/data/a"));
  t.deepEqual(disk.bytesOf("/data/b"), pattern(28, 20));
});

test("a refusal of the disk is the answer", async (t) => {
  const { disk, run } = await runOver({ files: { a: 48 } });
  disk.fail("write", "ENOSPC");
  t.like(run.advance(100), { refused: "disk-full", path: "/data/a" });
});

test("a run is spoilt by a sync that fails after its beginning", async (t) => {
  const { run, storage } = await runOver({ files: { a: 48 } });
  t.false(run.isSpoilt);
  storage.lostSyncs += 1;
  t.true(run.isSpoilt);
});
