import test from "ava";
import type { ExecutionContext } from "ava";
import { answerLate } from "../support/late-store.ts";
import { MemoryDisk } from "../support/memory-disk.ts";
import { pattern, startRig, torrent, type FileRig } from "../support/file-rig.ts";
import type { TorrentId } from "@troupe/messages";

const pieceLengthBytes = 16;

async function rigWithPieces(count: number, disk = new MemoryDisk()) {
  const rig = startRig(disk, { slabBytes: count * pieceLengthBytes });
  rig.memory.set(pattern(count * pieceLengthBytes));
  await rig.open({ files: { "one.bin": count * pieceLengthBytes }, pieceLengthBytes });
  return { rig, disk };
}

function writePieces(rig: FileRig, pieces: readonly number[], lengthBytes = pieceLengthBytes) {
  for (const piece of pieces) rig.write({ piece, offset: piece * lengthBytes, lengthBytes });
}

function written(t: ExecutionContext, rig: FileRig, pieces: readonly number[]) {
  t.deepEqual(
    rig.notices,
    pieces.map((piece) => ({ written: piece })),
  );
}

test("adjacent pieces that came in any order reach the disk in one call", async (t) => {
  const { rig, disk } = await rigWithPieces(8);
  writePieces(rig, [3, 2, 4, 1, 0]);
  rig.settle();
  t.deepEqual(disk.gathered, [5]);
  t.deepEqual(disk.bytesOf("/data/one.bin")?.subarray(0, 80), pattern(80));
  written(t, rig, [0, 1, 2, 3, 4]);
});

test("pieces apart from each other are written in the order of arrival", async (t) => {
  const { rig, disk } = await rigWithPieces(8);
  writePieces(rig, [6, 2, 4, 0]);
  rig.settle();
  t.deepEqual(disk.gathered, [1, 1, 1, 1]);
  written(t, rig, [6, 2, 4, 0]);
});

test("a piece queued twice is written once, with the later bytes", async (t) => {
  const { rig, disk } = await rigWithPieces(4);
  rig.write({ piece: 1, offset: 0, lengthBytes: 16 });
  rig.write({ piece: 1, offset: 16, lengthBytes: 16 });
  rig.settle();
  t.is(disk.calls.get("write"), 1);
  t.deepEqual(disk.bytesOf("/data/one.bin")?.subarray(16, 32), pattern(16, 16));
  written(t, rig, [1]);
});

test("the last piece of a torrent is not adjacent to the first piece of the next", async (t) => {
  const { rig, disk } = await rigWithPieces(2);
  const next = (torrent + 1) as TorrentId;
  await rig.open({ torrent: next, files: { "two.bin": 16 }, pieceLengthBytes });
  rig.write({ piece: 1, lengthBytes: 16 });
  rig.write({ torrent: next, piece: 0, lengthBytes: 16 });
  rig.settle();
  t.deepEqual(disk.gathered, [1, 1]);
});

test("a turn ends after 4 MiB, and a read in between does not wait for the rest", async (t) => {
  const disk = new MemoryDisk();
  const mebibyte = 1 << 20;
  const rig = startRig(disk, { slabBytes: mebibyte });
  await rig.open({ files: { "big.bin": 10 * mebibyte }, pieceLengthBytes: mebibyte });
  for (let piece = 0; piece < 10; piece += 1) rig.write({ piece, lengthBytes: mebibyte });
  rig.time.endTurn();
  t.deepEqual(disk.gathered, [4]);
  t.deepEqual(rig.readBlocks({ position: 0, lengthBytes: 16 }), {});
  rig.settle();
  t.deepEqual(disk.gathered, [4, 4, 2]);
});

test("a piece larger than a turn's share takes several turns", async (t) => {
  const disk = new MemoryDisk();
  const mebibyte = 1 << 20;
  const rig = startRig(disk, { slabBytes: 9 * mebibyte });
  const content = pattern(9 * mebibyte);
  rig.memory.set(content);
  await rig.open({ files: { "big.bin": 9 * mebibyte }, pieceLengthBytes: 9 * mebibyte });
  rig.write({ piece: 0, lengthBytes: 9 * mebibyte });
  rig.time.endTurn();
  t.deepEqual(rig.notices, []);
  rig.time.endTurn();
  rig.time.endTurn();
  t.is(disk.calls.get("write"), 3);
  written(t, rig, [0]);
  t.is(Buffer.compare(disk.bytesOf("/data/big.bin") ?? new Uint8Array(), content), 0);
});

test("a piece over a thousand small files takes several turns", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  const files = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`${n}.bin`, 1]));
  await rig.open({ files, pieceLengthBytes: 1000 });
  rig.write({ piece: 0, lengthBytes: 1000 });
  rig.time.endTurn();
  t.is(disk.calls.get("write"), 64);
  rig.settle();
  t.is(disk.calls.get("write"), 1000);
  written(t, rig, [0]);
});

test("without credits for notices no piece is written; writing continues with new credits", async (t) => {
  const { rig, disk } = await rigWithPieces(8);
  rig.noticeCredits = 0;
  writePieces(rig, [0, 1, 2, 3]);
  rig.settle();
  t.is(disk.calls.get("write"), undefined);
  rig.giveNoticeRoom(3);
  rig.time.endTurn();
  written(t, rig, [0, 1, 2]);
  rig.giveNoticeRoom(1);
  rig.settle();
  written(t, rig, [0, 1, 2, 3]);
});

test("F19: a full disk is reported for each piece of the call, and the next pieces are tried", async (t) => {
  const { rig, disk } = await rigWithPieces(8);
  disk.fail("write", "ENOSPC");
  writePieces(rig, [0, 1, 5]);
  rig.settle();
  const path = "/data/one.bin";
  t.deepEqual(rig.notices, [
    { notWritten: 0, refused: "disk-full", path },
    { notWritten: 1, refused: "disk-full", path },
    { written: 5 },
  ]);
});

test("F21: an I/O error is reported with the system's code, and the piece can be written again", async (t) => {
  const { rig, disk } = await rigWithPieces(2);
  disk.fail("write", "EIO");
  writePieces(rig, [1]);
  rig.settle();
  t.deepEqual(rig.notices, [{ notWritten: 1, refused: "EIO", path: "/data/one.bin" }]);
  writePieces(rig, [1]);
  rig.settle();
  t.deepEqual(disk.bytesOf("/data/one.bin")?.subarray(16), pattern(16, 16));
});

test("an error that is not the system's ends the actor", async (t) => {
  const { rig, disk } = await rigWithPieces(2);
  disk.write = () => {
    throw new TypeError("bug: no such thing");
  };
  writePieces(rig, [0]);
  t.throws(() => rig.settle(), { instanceOf: TypeError });
});

test("a queue of 16,384 pieces refuses the next one", async (t) => {
  const { rig } = await rigWithPieces(1);
  const pieces = 16_385;
  await rig.open({ files: { "many.bin": pieces }, pieceLengthBytes: 1 });
  for (let piece = 0; piece < pieces; piece += 1) rig.write({ piece, lengthBytes: 1 });
  t.deepEqual(rig.notices, [{ notWritten: 16_384, refused: "queue-full", path: undefined }]);
});

test("stopping the actor writes waiting pieces and closes every file", async (t) => {
  const { rig, disk } = await rigWithPieces(8);
  writePieces(rig, [0, 4, 7]);
  await rig.stop();
  t.is(disk.calls.get("write"), 3);
  t.is(disk.openCount, 0);
});

/** A torrent whose store answers late, and another whose store answers at once. */
async function rigWithLateStore() {
  const disk = new MemoryDisk();
  const rig = startRig(disk, { slabBytes: 128 });
  rig.memory.set(pattern(128));
  const other = (torrent + 1) as TorrentId;
  await rig.open({ torrent: other, files: { "two.bin": 128 }, pieceLengthBytes });
  const late = answerLate(rig);
  await rig.open({ files: { "one.bin": 128 }, pieceLengthBytes });
  return { rig, disk, other, ...late };
}

test("a store that answers late has one run under way, and delays no other torrent", async (t) => {
  const { rig, disk, other, answers } = await rigWithLateStore();
  writePieces(rig, [0, 1]);
  rig.settle();
  writePieces(rig, [4]);
  rig.write({ torrent: other, piece: 7, offset: 112, lengthBytes: 16 });
  rig.settle();
  written(t, rig, [7]);
  t.is(answers.length, 1);
  answers.shift()?.();
  await rig.time.pass(0);
  written(t, rig, [7, 0, 1]);
  answers.shift()?.();
  await rig.time.pass(0);
  written(t, rig, [7, 0, 1, 4]);
  t.deepEqual(disk.bytesOf("/data/one.bin")?.subarray(64, 80), pattern(16, 64));
});

test("a refusal that comes late refuses the pieces of the run, and the next run goes on", async (t) => {
  const { rig, answers } = await rigWithLateStore();
  writePieces(rig, [0, 1]);
  rig.settle();
  writePieces(rig, [5]);
  answers.shift()?.({ refused: "disk-full", message: "no room" });
  await rig.time.pass(0);
  answers.shift()?.();
  await rig.time.pass(0);
  t.deepEqual(rig.notices, [
    { notWritten: 0, refused: "disk-full", path: undefined },
    { notWritten: 1, refused: "disk-full", path: undefined },
    { written: 5 },
  ]);
});

test("without credits for notices a late answer waits for its notice", async (t) => {
  const { rig, answers } = await rigWithLateStore();
  writePieces(rig, [2]);
  rig.settle();
  rig.noticeCredits = 0;
  answers.shift()?.();
  await rig.time.pass(0);
  t.deepEqual(rig.notices, []);
  rig.giveNoticeRoom(1);
  rig.settle();
  written(t, rig, [2]);
});

test("a close and the end of the actor wait for late answers", async (t) => {
  const { rig, disk, answers, closed } = await rigWithLateStore();
  writePieces(rig, [3]);
  rig.settle();
  const closing = rig.close();
  t.is(closed(), 0);
  answers.shift()?.();
  await closing;
  written(t, rig, [3]);
  t.is(closed(), 1);
  await rig.open({ files: { "one.bin": 128 }, pieceLengthBytes });
  writePieces(rig, [6]);
  const stopped = rig.stop();
  await Promise.resolve();
  answers.shift()?.();
  await stopped;
  t.is(closed(), 2);
  t.deepEqual(disk.bytesOf("/data/one.bin")?.subarray(96, 112), pattern(16, 96));
});
