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

/** An exact timer, with another timer and turns of the event loop beside it. */
async function exactTimer(delayMs: number) {
  const order: string[] = [];
  const turns = { before: 0, after: 0, longestMs: 0 };
  const timer = nodeTimers.after(0, () => order.push("timer"));
  const calledMs = nodeClock.nowMs();
  let lastMs = calledMs;
  const endTurn = (): number => {
    const nowMs = nodeClock.nowMs();
    turns.longestMs = Math.max(turns.longestMs, nowMs - lastMs);
    lastMs = nowMs;
    return nowMs;
  };
  const fired = new Promise<number>((resolve) => {
    nodeTimers.exactly(delayMs, (polled) => {
      endTurn();
      order.push("exact");
      resolve(polled);
    });
  });
  // The core may be taken away within the call: from here on the timer is set.
  const setMs = nodeClock.nowMs();
  const countTurns = (): void => {
    const nowMs = endTurn();
    if (nowMs - calledMs < delayMs) turns.before += 1;
    if (nowMs - setMs >= delayMs) turns.after += 1;
    if (!order.includes("exact")) nodeTimers.soon(countTurns);
  };
  countTurns();
  const polledMs = await fired;
  timer.cancel();
  return { order, turns, polledMs, tookMs: nodeClock.nowMs() - calledMs };
}

test("an exact timer fires in the first turn after its time, while sockets and other timers go on", async (t) => {
  let seen = await exactTimer(20);
  // A turn in which the machine took the core away leaves no time for the others.
  while (seen.turns.longestMs > 4) seen = await exactTimer(20);
  const { order, turns, polledMs, tookMs } = seen;
  t.deepEqual(order, ["timer", "exact"]);
  t.true(turns.before > 2);
  t.true(turns.after <= 1);
  t.true(polledMs >= 0 && polledMs <= tookMs);
});

test("a cancelled exact timer does not fire", async (t) => {
  nodeTimers.exactly(1, () => t.fail()).cancel();
  await new Promise<void>((resolve) => nodeTimers.after(5, resolve));
  t.pass();
});
