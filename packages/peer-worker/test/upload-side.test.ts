import test from "ava";

import { RequestMemory } from "../src/request-memory.ts";
import { UploadSide } from "../src/upload-side.ts";

const block = 16_384;
const pieceLengthBytes = 8 * block;

function emptySide(): UploadSide {
  return new UploadSide(new RequestMemory(1 << 20));
}

function sideAsked(...requests: readonly (readonly [number, number, number?])[]): UploadSide {
  const side = emptySide();
  for (const [piece, begin, lengthBytes] of requests) side.push(piece, begin, lengthBytes ?? block);
  return side;
}

/** Takes batches, each taken quickly by the peer, until nothing waits. @returns Their sizes. */
function batchesOf(side: UploadSide, tookMs: number = 1): number[] {
  const sizes: number[] = [];
  while (side.length > 0) {
    const size = side.nextBatch();
    sizes.push(size);
    side.take(size, pieceLengthBytes);
    side.batchTaken(tookMs);
  }
  return sizes;
}

function inOrder(blocks: number): [number, number][] {
  return Array.from({ length: blocks }, (_, at) => [Math.floor(at / 8), (at % 8) * block]);
}

test("batches double while the peer asks in order, within a piece", (t) => {
  t.deepEqual(batchesOf(sideAsked(...inOrder(40))), [1, 2, 4, 1, 8, 8, 8, 8]);
});

test("a batch is 512 KiB at most", (t) => {
  const side = emptySide();
  for (let at = 0; at < 200; at++) side.push(0, at * block, block);
  const sizes: number[] = [];
  while (side.length > 0) {
    sizes.push(side.nextBatch());
    side.take(side.nextBatch(), 1_000 * block);
    side.batchTaken(1);
  }
  t.deepEqual(sizes, [1, 2, 4, 8, 16, 32, 32, 32, 32, 32, 9]);
});

test("a peer that asks here and there gets one block at a time", (t) => {
  t.deepEqual(batchesOf(sideAsked([0, 0], [3, block], [1, 0], [1, 5 * block])), [1, 1, 1, 1]);
});

test("batches shrink for a peer that takes them slowly", (t) => {
  const side = sideAsked(...inOrder(8));
  side.take(side.nextBatch(), pieceLengthBytes);
  side.batchTaken(1);
  t.is(side.nextBatch(), 2);
  side.batchTaken(5_000);
  t.is(side.nextBatch(), 1);
});

test("requests of odd lengths are not merged, but for a shorter last one", (t) => {
  const side = sideAsked([0, 0], [0, block, 100], [0, block + 100, 50], [0, block + 150, 10]);
  side.batchTaken(1);
  side.batchTaken(1);
  t.deepEqual(batchesOf(side), [1, 1, 1, 1]);
  const inRow = sideAsked([0, 0], [0, block], [0, 2 * block, 100]);
  t.deepEqual(batchesOf(inRow), [1, 2]);
});

test("a request can be taken back while it waits, and not twice", (t) => {
  const side = sideAsked([0, 0], [0, block], [0, 2 * block]);
  t.true(side.cancel(0, block, block));
  t.false(side.cancel(0, block, block));
  t.false(side.cancel(0, 0, 100));
  t.is(side.length, 2);
  t.deepEqual([side.piece, side.begin], [0, 0]);
  side.take(1, pieceLengthBytes);
  t.deepEqual([side.piece, side.begin], [0, 2 * block]);
});

test("requests that could not be served come back in front, in their order", (t) => {
  const side = sideAsked(...inOrder(3), [2, 0]);
  side.batchTaken(1);
  side.take(3, pieceLengthBytes);
  side.putBack(0, 0, 2 * block + 100);
  t.is(side.length, 4);
  t.deepEqual([side.begin, side.lengthBytes(3)], [0, 2 * block + 100]);
  side.take(3, pieceLengthBytes);
  t.deepEqual([side.piece, side.begin], [2, 0]);
});
