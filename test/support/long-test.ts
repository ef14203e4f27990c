// Tests of a file of the gate that only `pnpm test:long` runs.

import test, { type ExecutionContext } from "ava";
import { isLong } from "./lanes.ts";

/** Declares a serial test in the long lanes. In the gate it declares none. */
export function longTest(title: string, run: (t: ExecutionContext) => Promise<void>): void {
  if (isLong) test.serial(title, run);
}
