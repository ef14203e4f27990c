import test from "ava";
import fc from "fast-check";

import { type RequestedBlock, RequestedBlocks } from "../../src/web-seed/requested-blocks.ts";

const block = (position: number, lengthBytes = 10): RequestedBlock => ({
  piece: 0,
  begin: position,
  lengthBytes,
  position,
});

function queueOf(...positions: number[]): RequestedBlocks {
  const queue = new RequestedBlocks();
  for (const position of positions) queue.add(block(position));
  return queue;
}

const takePositions = (queue: RequestedBlocks, mostBytes: number): number[] =>
  queue.takeRun(mostBytes).map(({ position }) => position);

test("a run is the oldest block with those after it, then those before it", (t) => {
  t.deepEqual(takePositions(queueOf(20, 50, 30, 10, 0), 100), [0, 10, 20, 30]);
  t.deepEqual(takePositions(queueOf(20, 50, 30, 10, 0), 30), [10, 20, 30]);
  t.deepEqual(takePositions(queueOf(20, 50, 30, 10, 0), 20), [20, 30]);
});

test("a block longer than the bound is a run of its own", (t) => {
  t.deepEqual(takePositions(queueOf(0, 10), 5), [0]);
});

test("blocks are taken once, and a removed block leaves a gap", (t) => {
  const queue = queueOf(0, 10, 20, 10);
  t.is(queue.bytes, 30);
  t.true(queue.remove(10));
  t.false(queue.remove(10));
  t.deepEqual(takePositions(queue, 100), [0]);
  t.deepEqual(takePositions(queue, 100), [20]);
  t.deepEqual(takePositions(queue, 100), []);
  t.is(queue.bytes, 0);
});

test("all blocks come out in runs without gaps, within the bound", (t) => {
  const lengths = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.boolean()));
  fc.assert(
    fc.property(lengths, fc.integer({ min: 9, max: 40 }), (parts, mostBytes) => {
      const queue = new RequestedBlocks();
      let position = 0;
      let wantedBytes = 0;
      for (const [lengthBytes, isRequested] of parts) {
        if (isRequested) {
          queue.add(block(position, lengthBytes));
          wantedBytes += lengthBytes;
        }
        position += lengthBytes;
      }
      let takenBytes = 0;
      for (let run = queue.takeRun(mostBytes); run.length > 0; run = queue.takeRun(mostBytes)) {
        const [first] = run;
        let at = first?.position ?? 0;
        for (const { position: next, lengthBytes } of run) {
          t.is(next, at);
          at += lengthBytes;
        }
        t.true(at - (first?.position ?? 0) <= mostBytes);
        takenBytes += at - (first?.position ?? 0);
      }
      t.is(takenBytes, wantedBytes);
    }),
  );
});
