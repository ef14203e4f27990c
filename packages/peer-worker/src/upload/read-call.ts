// Batches of many peers are read in a single call to the file-worker.

import { countRuns, runAt, type RefusedRun, type StorageRefusal } from "@troupe/messages";
import { blockHeaderBytes } from "@troupe/protocol/peer";
import { blockLengthBytes } from "@troupe/protocol/units";

import { maxRunsOfCall, slowRunMs } from "../limits.ts";
import { imageBytes, noteInMemory, type Batch } from "./batch.ts";

/** Calls get more runs after a call up to the first time, and fewer runs after a call above the second. */
const quickCallMs = 10;
const slowCallMs = 50;

const temporaryRefusals: ReadonlySet<string> = new Set([
  "not-settled",
  "queue-full",
  "unknown-slab",
  "unknown-torrent",
]);

/** Whether the file-worker is not ready, or its queue full: the read is repeated in the next second. */
export function isTemporary({ refused }: StorageRefusal): boolean {
  return temporaryRefusals.has(refused);
}

/** Blocks of a batch that were not read: those with headers from `begin` to before `end` of the slab. */
export interface RefusedBlocks {
  readonly refusal: StorageRefusal;
  readonly begin: number;
  readonly end: number;
}

/** Batches that are read by a call. */
export class ReadCall {
  readonly batches: Batch[] = [];
  /** Packed runs of all batches, in the order of the batches. */
  readonly runs: number[] = [];

  get runCount(): number {
    return countRuns(this.runs);
  }

  /** @returns The parts of a batch that the answer to this call refuses. */
  refusalsOf(batch: Batch, refused: readonly RefusedRun[]): readonly RefusedBlocks[] {
    const end = batch.offset + imageBytes(batch);
    return refused.flatMap((refusal) => {
      const { offset, lengthBytes } = runAt(this.runs, refusal.run);
      if (offset < batch.offset || offset >= end) return [];
      const blocks = Math.ceil(lengthBytes / blockLengthBytes);
      return [{ refusal, begin: offset, end: offset + lengthBytes + blocks * blockHeaderBytes }];
    });
  }

  /**
   * The pieces of a call that the disk was slow to read are in memory now.
   *
   * @param diskMs Time that the reads of the call waited for the disk. Threads and queues that are busy do not count.
   */
  noteIfSlow(slab: Uint8Array, diskMs: number, nowMs: number): void {
    if (diskMs < this.runCount * slowRunMs) return;
    for (const batch of this.batches) noteInMemory(slab, batch, nowMs);
  }
}

/** How many runs the next call has at most: few if the disk is slow, so that its first batch is sent soon. */
export function runLimitAfter(callMs: number, limit: number): number {
  if (callMs < quickCallMs) return Math.min(maxRunsOfCall, 2 * limit);
  return callMs > slowCallMs ? Math.max(1, limit >> 1) : limit;
}
