import test from "ava";

import { nodeClock } from "../../../src/io/system/node-clock.ts";
import { nodeTimers } from "../../../src/io/system/node-timers.ts";

test("a timer fires once, and never early by the clock", async (t) => {
  for (const delayMs of [0, 1, 2.5, 7]) {
    const startMs = nodeClock.nowMs();
    await new Promise<void>((resolve) => nodeTimers.after(delayMs, resolve));
    t.true(nodeClock.nowMs() - startMs >= delayMs);
  }
});

test("a cancelled timer does not fire, and cancelling again does nothing", async (t) => {
  const cancelled = nodeTimers.after(1, () => t.fail());
  const periodic = nodeTimers.every(1, () => t.fail());
  cancelled.cancel();
  cancelled.cancel();
  periodic.cancel();
  await new Promise<void>((resolve) => nodeTimers.after(5, resolve));
  t.pass();
});

test("a delay longer than the system's longest does not fire at once", async (t) => {
  const far = nodeTimers.after(2 ** 40, () => t.fail());
  await new Promise<void>((resolve) => nodeTimers.after(5, resolve));
  far.cancel();
  t.pass();
});

test("soon runs after this turn, in order", async (t) => {
  const order: string[] = [];
  await new Promise<void>((resolve) => {
    nodeTimers.soon(() => order.push("first"));
    nodeTimers.soon(() => {
      order.push("second");
      resolve();
    });
    order.push("now");
    queueMicrotask(() => order.push("microtask"));
  });
  t.deepEqual(order, ["now", "microtask", "first", "second"]);
});
