import { collectGarbage } from "./collect-garbage.ts";

/** @returns Bytes of this thread's heap and buffers, after a collection. */
export function countHeapBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
