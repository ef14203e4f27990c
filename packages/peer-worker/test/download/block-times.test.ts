import test from "ava";
import { BlockTimes } from "../../src/download/block-times.ts";

test("the median of the last nine blocks is neither the fastest nor the slowest", (t) => {
  const times = new BlockTimes();
  t.is(times.medianMs, 0);
  for (const timeMs of [4, 2_000, 1_900]) times.add(timeMs);
  t.is(times.medianMs, 1_900);
  for (let block = 0; block < 9; block++) times.add(100 + block);
  t.is(times.medianMs, 104);
});
