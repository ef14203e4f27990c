import test from "ava";

import { MemoryBudget } from "../../src/memory/memory-budget.ts";
import { UploadQueue } from "../../src/upload/upload-queue.ts";

const block = 16_384;

function emptyQueue(): UploadQueue {
  return new UploadQueue(new MemoryBudget(1 << 20));
}

function queueAsked(...requests: readonly (readonly [number, number, number?])[]): UploadQueue {
  const queue = emptyQueue();
  for (const [piece, begin, lengthBytes] of requests)
    queue.push(piece, begin, lengthBytes ?? block);
  return queue;
}

test("bytes wait for as long as the socket has taken less than a block", (t) => {
  const queue = emptyQueue();
  const wait = (nowMs: number, takenBytes: number, queuedBytes = 1) =>
    queue.unreadMs(nowMs, { queuedBytes, takenBytes });
  t.is(wait(1_000, 0), 0, "nothing was sent");
  queue.batchesOut = 1;
  queue.sent(1_000, 5_000);
  t.is(wait(2_000, 5_000), 1_000);
  t.is(wait(4_000, 5_000 + block - 1), 3_000, "part of a block");
  t.is(wait(5_000, 5_000 + block), 0, "a block of a batch that is longer");
  t.is(wait(9_000, 5_000 + block), 4_000);
  t.is(wait(10_000, 5_000 + block, 0), 0, "nothing waits");
});

const allPieces = { has: () => true };

function take(queue: UploadQueue, requests: number): void {
  for (let taken = 0; taken < requests; taken++) queue.removeFirst();
}

/** Takes batches, each taken quickly by the peer, until nothing waits. @returns Their sizes. */
function batchesOf(queue: UploadQueue, tookMs: number = 1): number[] {
  const sizes: number[] = [];
  while (queue.length > 0) {
    const size = queue.chooseBatch(allPieces);
    sizes.push(size);
    take(queue, size);
    queue.batchTaken(tookMs);
  }
  return sizes;
}

function inOrder(blocks: number): [number, number][] {
  return Array.from({ length: blocks }, (_, at) => [Math.floor(at / 8), (at % 8) * block]);
}

test("batches double while the peer takes them quickly, over pieces and in any order", (t) => {
  t.deepEqual(batchesOf(queueAsked(...inOrder(40))), [1, 2, 4, 8, 16, 9]);
  t.deepEqual(batchesOf(queueAsked([0, 0], [3, block], [1, 0], [1, 5 * block, 10])), [1, 2, 1]);
});

test("a batch is 1 MiB at most", (t) => {
  const queue = emptyQueue();
  for (let at = 0; at < 200; at++) queue.push(0, at * block, block);
  t.deepEqual(batchesOf(queue), [1, 2, 4, 8, 16, 32, 64, 64, 9]);
});

test("a batch ends before a piece that may not be read", (t) => {
  const queue = queueAsked(...inOrder(20));
  for (let batch = 0; batch < 10; batch++) queue.batchTaken(1);
  t.is(queue.chooseBatch({ has: (piece) => piece < 2 }), 16);
  t.is(queue.chooseBatch({ has: () => false }), 0);
});

test("batches shrink for a peer that reads slowly", (t) => {
  const queue = queueAsked(...inOrder(8));
  take(queue, 1);
  queue.batchTaken(1);
  t.is(queue.chooseBatch(allPieces), 2);
  queue.batchTaken(5_000);
  t.is(queue.chooseBatch(allPieces), 1);
});

test("a peer has two batches out", (t) => {
  const queue = queueAsked(...inOrder(40));
  t.true(queue.hasRoom);
  queue.batchesOut = 1;
  t.true(queue.hasRoom);
  queue.batchesOut = 2;
  t.false(queue.hasRoom);
});

test("AE24: a request can be cancelled while it waits, once", (t) => {
  const queue = queueAsked([0, 0], [0, block], [0, 2 * block]);
  t.true(queue.cancel(0, block, block));
  t.false(queue.cancel(0, block, block));
  t.false(queue.cancel(0, 0, 100));
  t.is(queue.length, 2);
  t.deepEqual([queue.piece, queue.begin], [0, 0]);
  queue.removeFirst();
  t.deepEqual([queue.piece, queue.begin], [0, 2 * block]);
});

test("requests that could not be served return to the front", (t) => {
  const queue = queueAsked(...inOrder(3), [2, 0]);
  take(queue, 3);
  queue.putBack(0, block, 100);
  queue.putBack(0, 0, block);
  t.is(queue.length, 3);
  t.deepEqual([queue.begin, queue.firstBytes, queue.lengthBytes(2)], [0, block, block + 100]);
  take(queue, 2);
  t.deepEqual([queue.piece, queue.begin], [2, 0]);
});
