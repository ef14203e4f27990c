import test from "ava";

import { eventLoopSteps } from "../../../src/io/system/event-loop-steps.ts";

test("every microtask and tick of a step has run before the next step", async (t) => {
  const order: string[] = [];
  let steps = 0;
  await eventLoopSteps(() => {
    const step = ++steps;
    order.push(`step ${step}`);
    process.nextTick(() => {
      queueMicrotask(() => {
        process.nextTick(() => order.push(`settled ${step}`));
      });
    });
    return step < 300;
  });
  await new Promise((resolve) => setImmediate(resolve));
  const expected = Array.from({ length: 300 }, (_, at) => [`step ${at + 1}`, `settled ${at + 1}`]);
  t.deepEqual(order, expected.flat());
});

test("the first step runs in a later turn, and no step runs after the last", async (t) => {
  let steps = 0;
  const run = eventLoopSteps(() => ++steps < 5);
  t.is(steps, 0);
  await run;
  await new Promise((resolve) => setImmediate(resolve));
  t.is(steps, 5);
});

test("an error of a step rejects the run and ends it", async (t) => {
  let steps = 0;
  const run = eventLoopSteps(() => {
    steps += 1;
    if (steps === 10) throw new Error("broken");
    return true;
  });
  await t.throwsAsync(run, { message: "broken" });
  await new Promise((resolve) => setImmediate(resolve));
  t.is(steps, 10);
});
