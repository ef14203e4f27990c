// Upload memory is scarce when less than half of it is free: peers that read nothing could soon hold all of it. The more
// memory is free, the longer the batches: each batch costs a read, a write and a part of two messages.

import { maxBatchBlocks, maxBatchesOut, scarceShare, usualBatchBlocks } from "../limits.ts";
import type { BuddyAllocator } from "../memory/buddy-allocator.ts";
import { wireBlockBytes } from "./upload-queue.ts";

const plentyShare = 7 / 8;

type UploadMemory = Pick<BuddyAllocator, "freeBytes" | "totalBytes">;

/** @returns Batches that a peer may have out. */
export function batchesOfPeer(memory: UploadMemory): number {
  return isScarce(memory) ? 1 : maxBatchesOut;
}

/** @returns Blocks that the next batch may have: the less memory is free, the fewer. */
export function blocksOfBatch(memory: UploadMemory): number {
  const { freeBytes, totalBytes } = memory;
  if (!isScarce(memory))
    return freeBytes >= plentyShare * totalBytes ? maxBatchBlocks : usualBatchBlocks;
  return Math.max(1, Math.floor(freeBytes / scarceShare / wireBlockBytes));
}

function isScarce({ freeBytes, totalBytes }: UploadMemory): boolean {
  return 2 * freeBytes < totalBytes;
}
