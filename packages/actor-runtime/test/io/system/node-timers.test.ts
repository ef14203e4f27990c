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

test("an exact timer fires in the first turn after its time, while sockets and other timers go on", async (t) => {
  const startMs = nodeClock.nowMs();
  const order: string[] = [];
  nodeTimers.after(0, () => order.push("timer"));
  let turns = 0;
  let lastTurnMs = 0;
  const countTurns = (): void => {
    turns += 1;
    lastTurnMs = nodeClock.nowMs();
    if (order.length < 2) nodeTimers.soon(countTurns);
  };
  countTurns();
  const polledMs = await new Promise<number>((resolve) => {
    nodeTimers.exactly(8, (polled) => {
      order.push("exact");
      // No turn lay between the time and the call.
      t.true(lastTurnMs - startMs < 8);
      resolve(polled);
    });
  });
  t.deepEqual(order, ["timer", "exact"]);
  t.true(turns > 2);
  t.true(polledMs >= 0 && polledMs <= nodeClock.nowMs() - startMs);
});

test("a cancelled exact timer does not fire", async (t) => {
  nodeTimers.exactly(1, () => t.fail()).cancel();
  await new Promise<void>((resolve) => nodeTimers.after(5, resolve));
  t.pass();
});
