// Upload memory is scarce when less than half of it is free: peers that read nothing could soon hold all of it.

import { maxBatchBlocks, maxBatchesOut, scarceShare } from "../limits.ts";
import type { BuddyAllocator } from "../memory/buddy-allocator.ts";
import { wireBlockBytes } from "./upload-queue.ts";

type UploadMemory = Pick<BuddyAllocator, "freeBytes" | "totalBytes">;

/** @returns Batches that a peer may have out. */
export function batchesOfPeer(memory: UploadMemory): number {
  return isScarce(memory) ? 1 : maxBatchesOut;
}

/** @returns Blocks that the next batch may have: the less memory is free, the fewer. */
export function blocksOfBatch(memory: UploadMemory): number {
  if (!isScarce(memory)) return maxBatchBlocks;
  return Math.max(1, Math.floor(memory.freeBytes / scarceShare / wireBlockBytes));
}

function isScarce({ freeBytes, totalBytes }: UploadMemory): boolean {
  return 2 * freeBytes < totalBytes;
}
