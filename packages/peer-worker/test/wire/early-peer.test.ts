import test from "ava";
import type { PieceIndex } from "@troupe/protocol/units";

import { MemoryBudget } from "../../src/memory/memory-budget.ts";
import { EarlyPeer } from "../../src/wire/early-peer.ts";

test("dropped messages return their memory", (t) => {
  const memory = new MemoryBudget(1_000);
  const early = new EarlyPeer();
  t.is(early.haves, undefined);
  early.keep().have(3 as PieceIndex);
  t.true(early.haves === early.keep());
  memory.takeAnyway(100);
  early.bytes = 100;
  early.drop(memory);
  t.is(early.haves, undefined);
  t.deepEqual([early.bytes, memory.usedBytes], [0, 0]);
});
