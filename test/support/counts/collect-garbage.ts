import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Frees what this thread does not use. */
export function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  // The second collection waits for the end of the first, which frees typed arrays at its leisure.
  collect();
}
