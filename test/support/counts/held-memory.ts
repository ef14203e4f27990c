// Counts the memory that a thread holds: its heap after a garbage collection, and the bytes that lie outside of the heap.

import { getHeapStatistics } from "node:v8";
import { collectGarbage } from "./collect-garbage.ts";

/** Memory of one thread in bytes. */
export interface HeldMemory {
  /** Objects that are in use. */
  readonly heapBytes: number;
  /** Memory of typed arrays outside of the heap; that of pooled buffers is with the first thread that uses it. */
  readonly bufferBytes: number;
  /** Shared memory that the thread has made since it began, freed or not. */
  readonly sharedBytes: number;
}

/** Counts shared memory from now on. @returns The memory that the thread holds at the time of the call. */
export function countMemory(): () => HeldMemory {
  let sharedBytes = 0;
  globalThis.SharedArrayBuffer = new Proxy(SharedArrayBuffer, {
    construct(target, words: [number, { readonly maxByteLength?: number }?], newTarget) {
      const memory = Reflect.construct(target, words, newTarget) as SharedArrayBuffer;
      sharedBytes += memory.byteLength;
      return memory;
    },
  });
  return () => {
    collectGarbage();
    const { used_heap_size: heapBytes } = getHeapStatistics();
    return { heapBytes, bufferBytes: process.memoryUsage().arrayBuffers, sharedBytes };
  };
}
