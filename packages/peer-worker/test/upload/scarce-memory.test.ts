import test from "ava";

import { batchesOfPeer, blocksOfBatch } from "../../src/upload/scarce-memory.ts";
import { wireBlockBytes } from "../../src/upload/upload-queue.ts";

/** Upload memory of 1,024 blocks. */
function memory(freeBlocks: number) {
  return { freeBytes: freeBlocks * wireBlockBytes, totalBytes: 1_024 * wireBlockBytes };
}

test("a batch has 1 MiB while seven eighths of the memory are free, and 512 KiB while half of it is", (t) => {
  t.deepEqual(
    [1_024, 896, 895, 512].map((free) => blocksOfBatch(memory(free))),
    [64, 64, 32, 32],
  );
  t.is(batchesOfPeer(memory(512)), 2);
});

test("below half of the memory a peer has one batch of a few blocks", (t) => {
  t.is(batchesOfPeer(memory(511)), 1);
  t.deepEqual(
    [511, 256, 20].map((free) => blocksOfBatch(memory(free))),
    [3, 2, 1],
  );
});
