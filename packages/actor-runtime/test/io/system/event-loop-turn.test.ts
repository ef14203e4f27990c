import test from "ava";

import { eventLoopTurn } from "../../../src/io/system/event-loop-turn.ts";

test("every microtask and tick has run when a turn is over", async (t) => {
  const order: string[] = [];
  process.nextTick(() => {
    queueMicrotask(() => {
      process.nextTick(() => order.push("nested"));
    });
  });
  await eventLoopTurn();
  t.deepEqual(order, ["nested"]);
});
