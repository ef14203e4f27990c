// Counts the memory that a thread holds: its heap after a garbage collection, and the bytes that lie outside of the heap.

import { getHeapSpaceStatistics } from "node:v8";
import { collectGarbage } from "./collect-garbage.ts";

/** Memory of one thread in bytes. */
export interface HeldMemory {
  /** Objects that are in use, without compiled code: V8 compiles more of it the longer a program runs. */
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
    return {
      heapBytes: objectBytes(),
      bufferBytes: process.memoryUsage().arrayBuffers,
      sharedBytes,
    };
  };
}

function objectBytes(): number {
  return getHeapSpaceStatistics()
    .filter(({ space_name: name }) => !/code|trusted/u.test(name))
    .reduce((sum, { space_used_size: bytes }) => sum + bytes, 0);
}
