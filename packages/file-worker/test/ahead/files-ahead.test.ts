// Files that take long to make, made by a thread of their own before they are written to.

import test from "ava";
import type { ExecutionContext } from "ava";
import { systemError } from "@troupe/actor-runtime";
import { settle } from "@troupe/actor-runtime/testing";
import { MemoryDisk } from "../support/memory-disk.ts";
import { pattern, startRig, type FileRig } from "../support/file-rig.ts";

const pieceLengthBytes = 16;
/** Files that must wait before a thread is worth it. */
const least = 32;
const batch = 16;

const pathOf = (file: number): string => `/data/${nameOf(file)}`;
const nameOf = (file: number): string => `d/f${String(file).padStart(3, "0")}`;

/** A torrent of files of one piece each, on a disk where making one takes `makingMs`. */
async function slowRig(fileCount: number, makingMs = 1, unwanted?: readonly number[]) {
  const disk = new MemoryDisk();
  const rig = startRig(disk, { slabBytes: (fileCount + 1) * pieceLengthBytes });
  rig.memory.set(pattern(fileCount * pieceLengthBytes));
  const { open } = disk;
  disk.open = (path, mode) => {
    if (!disk.entries.has(path)) rig.time.freeze(makingMs);
    return open.call(disk, path, mode);
  };
  const names = Array.from({ length: fileCount }, (_, file) => [nameOf(file), pieceLengthBytes]);
  await rig.open({
    files: Object.fromEntries(names) as Record<string, number>,
    pieceLengthBytes,
    ...(unwanted !== undefined && { unwanted }),
  });
  return { rig, disk };
}

function write(rig: FileRig, from: number, until: number): void {
  for (let piece = from; piece < until; piece += 1) {
    rig.write({ piece, offset: piece * pieceLengthBytes, lengthBytes: pieceLengthBytes });
  }
}

/** Every piece that was said to be written is read back, from its file or from the part file. */
function allAreRead(t: ExecutionContext, rig: FileRig, fileCount: number): void {
  const written = rig.notices.flatMap((notice) => ("written" in notice ? [notice.written] : []));
  t.true(written.length >= fileCount - 1);
  for (const piece of written) {
    const [position, offset] = [piece * pieceLengthBytes, fileCount * pieceLengthBytes];
    const answer = rig.readBlocks({ position, lengthBytes: pieceLengthBytes, offset });
    t.deepEqual(answer, {}, `piece ${piece}`);
    const got = rig.memory.slice(offset, offset + pieceLengthBytes);
    t.deepEqual(got, pattern(pieceLengthBytes, position), `piece ${piece}`);
  }
}

/** Writes four files, each a while in the making, and queues the rest. */
async function queueBehindSlowOnes(rig: FileRig, fileCount: number): Promise<void> {
  write(rig, 0, 4);
  rig.settle();
  write(rig, 4, fileCount);
  await settle();
}

/** Creates the files of the oldest batch, and lets the file-worker know. */
async function finishBatch(disk: MemoryDisk): Promise<void> {
  disk.finishMaking();
  await settle();
}

test("if making a file takes long, waiting files are made ahead, the last ones first", async (t) => {
  const { rig, disk } = await slowRig(100);
  await queueBehindSlowOnes(rig, 100);
  t.is(disk.makers, 1);
  const given = disk.making.map(({ paths }) => [...paths]);
  t.deepEqual(
    given.map((paths) => paths.length),
    [batch, batch],
  );
  t.is(given[0]?.[0], pathOf(4 + least - 1));
  await finishBatch(disk);
  rig.time.endTurn();
  await settle();
  t.is(disk.making.length, 2);
  t.is(disk.making[1]?.paths[0], pathOf(99));
  while (disk.making.length > 0) await finishBatch(disk);
  rig.settle();
  t.is(rig.notices.length, 100);
  for (let file = 0; file < 100; file += 1) {
    t.deepEqual(disk.bytesOf(pathOf(file)), pattern(16, file * 16));
  }
});

test("a disk that makes files at once, and a torrent of few files, start no thread", async (t) => {
  const quick = await slowRig(100, 0.03);
  await queueBehindSlowOnes(quick.rig, 100);
  t.is(quick.disk.makers, 0);
  const few = await slowRig(least - 1);
  await queueBehindSlowOnes(few.rig, least - 1);
  t.is(few.disk.makers, 0);
});

test("a file whose opening lost its core for a while starts no thread", async (t) => {
  const { rig, disk } = await slowRig(100, 0.03);
  const { open } = disk;
  disk.open = (path, mode) => {
    if (path === pathOf(0)) rig.time.freeze(10);
    return open.call(disk, path, mode);
  };
  await queueBehindSlowOnes(rig, 100);
  t.is(disk.makers, 0);
});

test("unwanted files, and names that a link has, are not made ahead", async (t) => {
  const { rig, disk } = await slowRig(100, 1, [40, 41]);
  disk.putOther("/data/d/f050", "link");
  await rig.acceptFile(50);
  await queueBehindSlowOnes(rig, 100);
  while (disk.making.length > 0) await finishBatch(disk);
  t.is(disk.entries.has(pathOf(40)), false);
  t.is(disk.entries.has(pathOf(41)), false);
  t.is(disk.entries.get(pathOf(50))?.kind, "link");
});

test("a file that was made ahead and becomes unwanted is removed, and its piece is kept", async (t) => {
  const { rig, disk } = await slowRig(100, 1, [0]);
  await queueBehindSlowOnes(rig, 100);
  disk.finishMaking();
  await finishBatch(disk);
  rig.time.endTurn();
  await settle();
  const given = disk.making.flatMap(({ paths }) => paths);
  t.true(given.includes(pathOf(99)) && given.includes(pathOf(97)));
  disk.put(pathOf(98), new Uint8Array(0));
  const settled = rig.settlePartFile(0, 98, 99);
  while (disk.making.length > 0) disk.finishMaking();
  await settled;
  rig.settle();
  t.is(disk.entries.has(pathOf(99)), false);
  t.is(disk.bytesOf(pathOf(98))?.length, 0, "somebody else's");
  allAreRead(t, rig, 100);
});

test("a file that becomes unwanted while a run writes to the files before it loses no bytes", async (t) => {
  const { rig } = await slowRig(100, 1, [0]);
  write(rig, 1, 100);
  rig.time.endTurn();
  await rig.settlePartFile(0, 30, 31);
  rig.settle();
  allAreRead(t, rig, 100);
  await rig.settlePartFile();
  allAreRead(t, rig, 100);
});

test("files that become unwanted while their piece is written lose no bytes", async (t) => {
  const [fileCount, lengthBytes] = [600, 9_600];
  const rig = startRig(new MemoryDisk(), { slabBytes: 2 * lengthBytes });
  rig.memory.set(pattern(lengthBytes));
  const names = Array.from({ length: fileCount }, (_, file) => [nameOf(file), 16]);
  const files = Object.fromEntries(names) as Record<string, number>;
  await rig.open({ files, pieceLengthBytes: lengthBytes, unwanted: [] });
  rig.write({ piece: 0, lengthBytes });
  rig.time.endTurn();
  t.deepEqual(rig.notices, [], "64 files are a turn's work");
  await rig.settlePartFile(597, 598, 599);
  rig.settle();
  t.deepEqual(rig.notices, [{ written: 0 }]);
  await rig.settlePartFile();
  t.deepEqual(rig.readBlocks({ position: 0, lengthBytes, offset: lengthBytes }), {});
  t.deepEqual(rig.memory.slice(lengthBytes), pattern(lengthBytes));
});

test("a close waits for files that are being made", async (t) => {
  const { rig, disk } = await slowRig(100);
  await queueBehindSlowOnes(rig, 100);
  let isClosed = false;
  const closing = rig.close().then(() => (isClosed = true));
  rig.settle();
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  t.is(rig.notices.length, 100);
  t.false(isClosed);
  disk.finishMaking();
  disk.finishMaking();
  await closing;
  t.is(disk.making.length, 0);
});

test("the thread ends after ten seconds without work, and with the actor", async (t) => {
  const idle = await slowRig(100);
  await queueBehindSlowOnes(idle.rig, 100);
  while (idle.disk.making.length > 0) {
    await finishBatch(idle.disk);
    idle.rig.settle();
    await settle();
  }
  await idle.rig.time.pass(9_000);
  t.is(idle.disk.makers, 1);
  await idle.rig.time.pass(1_000);
  t.is(idle.disk.makers, 0);
  const stopped = await slowRig(100);
  await queueBehindSlowOnes(stopped.rig, 100);
  await stopped.rig.stop();
  t.is(stopped.disk.makers, 0);
});

test("a thread that does not start is left alone for ten seconds, and the writer makes the files", async (t) => {
  const { rig, disk } = await slowRig(400);
  disk.makerFault = new Error("no thread");
  await queueBehindSlowOnes(rig, 200);
  rig.time.endTurn();
  await settle();
  const tries = disk.makerStarts;
  t.true(tries <= 2, `${tries} tries`);
  rig.settle();
  t.is(rig.notices.length, 200);
  t.is(disk.makerStarts, tries);
  disk.makerFault = undefined;
  await rig.time.pass(10_000);
  write(rig, 200, 400);
  await settle();
  t.is(disk.makerStarts, tries + 2);
  t.is(disk.makers, 1);
});

test("a file-worker that ends while its disk is full makes no further file ahead", async (t) => {
  const { rig, disk } = await slowRig(400);
  await queueBehindSlowOnes(rig, 400);
  disk.open = () => {
    throw systemError("ENOSPC", "full");
  };
  const starts = disk.makerStarts;
  const stopped = rig.stop();
  await finishBatch(disk);
  await finishBatch(disk);
  await stopped;
  rig.time.endTurn();
  await rig.time.pass(60_000);
  t.is(disk.makerStarts, starts);
  t.deepEqual(disk.making, []);
});

test("one turn of writing ends after four milliseconds", async (t) => {
  const { rig, disk } = await slowRig(20);
  write(rig, 0, 20);
  rig.time.endTurn();
  t.is(disk.calls.get("write"), 4);
  rig.time.endTurn();
  t.is(disk.calls.get("write"), 8);
});
