import test from "ava";
import type { Slab } from "../../../src/engine/base/slabs.ts";
import { FileReader } from "../../../src/torrent/reading/file-reader.ts";

function readerAt(place: number, tellReady = (): void => {}, partBytes = 500): FileReader {
  const memory = new SharedArrayBuffer(1_000);
  const slab = { id: 1, memory, inUse: 0, isRetired: false } as unknown as Slab;
  const facts = {
    file: 0,
    fileStart: 500,
    end: 5_000,
    pieces: [0, 4],
    lastPiece: 4,
    slab,
    partBytes,
    readsAtRest: false,
  } as const;
  return new FileReader(facts, place, 0, tellReady);
}

test("G04: a read gives the bytes in memory, until the program has taken them", (t) => {
  const reader = readerAt(500);
  t.is(reader.answer, undefined);
  reader.fill();
  reader.filled(300, 10);
  t.deepEqual(reader.answer, { lengthBytes: 300, memory: reader.facts.slab.memory, offset: 0 });
  reader.moveTo({ start: 0 }, 20);
  t.not(reader.answer, undefined, "the same place");
  reader.moveTo({ start: 300 }, 20);
  t.is(reader.answer, undefined);
  t.is(reader.place, 800);
});

test("the parts of the memory are filled in turns: the bytes of the last read stay", (t) => {
  const reader = readerAt(500);
  const offsets = [1, 2, 3].map((read) => {
    const offset = reader.fill();
    // A read that failed is tried again.
    reader.filled(0, read);
    t.is(reader.fill(), offset);
    reader.filled(100, read);
    reader.moveTo({ start: 100 * read }, read);
    return offset;
  });
  t.deepEqual(offsets, [0, 500, 0]);
});

test("G11: a program that takes a read within 10 ms gets a whole part with the next", (t) => {
  const mebibyte = 2 ** 20;
  const reader = readerAt(500, undefined, 4 * mebibyte);
  t.is(reader.mostBytes, mebibyte);
  reader.moveTo({ start: 100 }, 1_000);
  t.is(reader.mostBytes, mebibyte);
  reader.moveTo({ start: 200 }, 1_009);
  t.is(reader.mostBytes, 4 * mebibyte);
  reader.moveTo({ start: 300 }, 1_019);
  t.is(reader.mostBytes, mebibyte);
});

test("a wait is reported once, when it has lasted as long as a stall", (t) => {
  const reader = readerAt(500);
  reader.waitFrom(1_000);
  reader.waitFrom(3_000);
  t.is(reader.takeStall(5_999, 5_000), undefined);
  t.is(reader.takeStall(6_500, 5_000), 5_500);
  t.is(reader.takeStall(9_000, 5_000), undefined);
  reader.fill();
  reader.filled(10, 9_000);
  reader.moveTo({ start: 10 }, 9_000);
  reader.waitFrom(10_000);
  t.is(reader.takeStall(15_000, 5_000), 5_000, "the next wait");
});

test("the byte that is needed next moves with the pace over the bytes of the last read", (t) => {
  const reader = readerAt(500);
  t.is(reader.neededAt(5_000), 500);
  reader.fill();
  reader.filled(800, 0);
  t.is(reader.neededAt(0.5), 500 + Math.floor(1_048_576 / 2_000));
  t.is(reader.neededAt(5_000), 1_300);
});

test("an ended reader takes no answer of the file-worker", async (t) => {
  const reader = readerAt(500);
  const cancelled: number[] = [];
  const timers = { after: () => ({ cancel: () => cancelled.push(1) }) };
  const changed = reader.change(timers, 1_000);
  reader.fill();
  reader.end();
  await changed;
  t.deepEqual(cancelled, [1], "whoever waits is woken");
  reader.filled(10, 0);
  reader.fail({ refused: "EIO" });
  t.is(reader.state.state, "ended");
  t.is(reader.answer, undefined);
});

test("a program that got no byte is told once that it may read again", (t) => {
  let told = 0;
  const reader = readerAt(500, () => told++);
  reader.wake();
  t.is(told, 0);
  reader.await();
  reader.wake();
  reader.wake();
  t.is(told, 1);
  reader.await();
  reader.end();
  t.is(told, 2);
});
