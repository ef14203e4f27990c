import test from "ava";
import { threadUsage } from "../../../src/io/system/thread-usage.ts";

test("I04: a thread has used processor time and heap, and work uses more", (t) => {
  const before = threadUsage();
  // More than what other tests of the process may have left to collect.
  const kept = Array.from({ length: 2_000_000 }, (_, index) => ({ index }));
  const after = threadUsage();
  t.true(after.cpuSeconds > before.cpuSeconds);
  t.true(after.heapBytes - before.heapBytes > 5_000_000);
  t.is(kept.length, 2_000_000);
});
