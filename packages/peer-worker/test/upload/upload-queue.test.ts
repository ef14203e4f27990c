import test from "ava";

import { MemoryBudget } from "../../src/memory/memory-budget.ts";
import { UploadQueue } from "../../src/upload/upload-queue.ts";

const block = 16_384;
const pieceLengthBytes = 8 * block;

function emptyQueue(): UploadQueue {
  return new UploadQueue(new MemoryBudget(1 << 20));
}

function queueAsked(...requests: readonly (readonly [number, number, number?])[]): UploadQueue {
  const queue = emptyQueue();
  for (const [piece, begin, lengthBytes] of requests)
    queue.push(piece, begin, lengthBytes ?? block);
  return queue;
}

/** Takes batches, each taken quickly by the peer, until nothing waits. @returns Their sizes. */
function batchesOf(queue: UploadQueue, tookMs: number = 1): number[] {
  const sizes: number[] = [];
  while (queue.length > 0) {
    const size = queue.chooseBatch();
    sizes.push(size);
    queue.takeBatch(size, pieceLengthBytes);
    queue.batchTaken(tookMs);
  }
  return sizes;
}

function inOrder(blocks: number): [number, number][] {
  return Array.from({ length: blocks }, (_, at) => [Math.floor(at / 8), (at % 8) * block]);
}

test("batches double while the peer requests in order, within a piece", (t) => {
  t.deepEqual(batchesOf(queueAsked(...inOrder(40))), [1, 2, 4, 1, 8, 8, 8, 8]);
});

test("a batch is 512 KiB at most", (t) => {
  const queue = emptyQueue();
  for (let at = 0; at < 200; at++) queue.push(0, at * block, block);
  const sizes: number[] = [];
  while (queue.length > 0) {
    sizes.push(queue.chooseBatch());
    queue.takeBatch(queue.chooseBatch(), 1_000 * block);
    queue.batchTaken(1);
  }
  t.deepEqual(sizes, [1, 2, 4, 8, 16, 32, 32, 32, 32, 32, 9]);
});

test("a peer that requests out of order gets one block at a time", (t) => {
  t.deepEqual(batchesOf(queueAsked([0, 0], [3, block], [1, 0], [1, 5 * block])), [1, 1, 1, 1]);
});

test("batches shrink for a peer that reads slowly", (t) => {
  const queue = queueAsked(...inOrder(8));
  queue.takeBatch(queue.chooseBatch(), pieceLengthBytes);
  queue.batchTaken(1);
  t.is(queue.chooseBatch(), 2);
  queue.batchTaken(5_000);
  t.is(queue.chooseBatch(), 1);
});

test("a peer has two long batches out, or as many blocks in up to sixteen short ones", (t) => {
  const queue = queueAsked(...inOrder(40));
  const out = (batches: number, requests: number): boolean => {
    queue.batchesOut = batches;
    queue.requestsOut = requests;
    return queue.hasRoom;
  };
  t.deepEqual([out(1, 1), out(2, 2)], [true, false]);
  for (let batch = 0; batch < 10; batch++) queue.batchTaken(1);
  t.deepEqual([out(2, 64), out(2, 8), out(15, 15), out(16, 16)], [false, true, true, false]);
  queue.takeBatch(10, pieceLengthBytes);
  t.false(out(2, 8), "thirty requests become a batch of 32");
  for (let batch = 0; batch < 10; batch++) queue.batchTaken(5_000);
  t.deepEqual([out(1, 1), out(2, 2)], [true, false]);
});

test("requests of odd lengths are not merged, but for a shorter last one", (t) => {
  const queue = queueAsked([0, 0], [0, block, 100], [0, block + 100, 50], [0, block + 150, 10]);
  queue.batchTaken(1);
  queue.batchTaken(1);
  t.deepEqual(batchesOf(queue), [1, 1, 1, 1]);
  const inRow = queueAsked([0, 0], [0, block], [0, 2 * block, 100]);
  t.deepEqual(batchesOf(inRow), [1, 2]);
});

test("AE24: a request can be cancelled while it waits, once", (t) => {
  const queue = queueAsked([0, 0], [0, block], [0, 2 * block]);
  t.true(queue.cancel(0, block, block));
  t.false(queue.cancel(0, block, block));
  t.false(queue.cancel(0, 0, 100));
  t.is(queue.length, 2);
  t.deepEqual([queue.piece, queue.begin], [0, 0]);
  queue.takeBatch(1, pieceLengthBytes);
  t.deepEqual([queue.piece, queue.begin], [0, 2 * block]);
});

test("requests that could not be served return to the front, in order", (t) => {
  const queue = queueAsked(...inOrder(3), [2, 0]);
  queue.batchTaken(1);
  queue.takeBatch(3, pieceLengthBytes);
  queue.putBack(0, 0, 2 * block + 100);
  t.is(queue.length, 4);
  t.deepEqual([queue.begin, queue.lengthBytes(3)], [0, 2 * block + 100]);
  queue.takeBatch(3, pieceLengthBytes);
  t.deepEqual([queue.piece, queue.begin], [2, 0]);
});
