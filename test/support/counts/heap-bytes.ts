import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** @returns Bytes of this thread's heap and buffers, after a collection. */
export function countHeapBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
