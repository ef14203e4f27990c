import test from "ava";
import { shareThreads } from "../../../src/agents/leader/share-threads.ts";

test("each thread of each agent has one share, and together they are the whole run", (t) => {
  const ranges = shareThreads([2, 1, 3]);
  t.deepEqual(ranges, [
    { first: 0, count: 2, of: 6 },
    { first: 2, count: 1, of: 6 },
    { first: 3, count: 3, of: 6 },
  ]);
});
