import { setImmediate } from "node:timers/promises";

import test from "ava";

import { Scheduler } from "../../src/simulated/scheduler.ts";

test("tasks run at their time and in the order of their planning", async (t) => {
  const scheduler = new Scheduler();
  const order: string[] = [];
  const note = (name: string) => (): void => {
    order.push(`${name}@${scheduler.nowMs}`);
  };
  scheduler.after(10, note("late"));
  scheduler.after(5, note("first"));
  scheduler.after(5, note("second"));
  scheduler.timers.soon(note("soon"));
  scheduler.after(-1, note("past"));
  await scheduler.run(7);
  t.deepEqual(order, ["soon@0", "past@0", "first@5", "second@5"]);
  t.is(scheduler.nowMs, 7);
  await scheduler.run(20);
  t.is(order.at(-1), "late@10");
  t.is(scheduler.clock.nowMs(), 20);
});

test("tasks planned for one point in time keep their order, from wherever they were planned", async (t) => {
  const scheduler = new Scheduler();
  const order: string[] = [];
  // 13.8 + (50.37 − 13.8) is less than 13.7 + (50.37 − 13.7) by a rounding error.
  await scheduler.run(13.7);
  scheduler.at(50.37, () => order.push("first"));
  await scheduler.run(13.799999999999999);
  scheduler.at(50.37, () => order.push("second"));
  await scheduler.run(60);
  t.deepEqual(order, ["first", "second"]);
});

test("promises settle before the next event", async (t) => {
  const scheduler = new Scheduler();
  const order: string[] = [];
  scheduler.after(1, () => {
    void (async () => {
      for (let step = 0; step < 100; step += 1) await Promise.resolve();
      order.push("chain");
    })();
  });
  scheduler.after(1, () => order.push("next"));
  await scheduler.run(1);
  t.deepEqual(order, ["chain", "next"]);
});

/** Work of many turns of the event loop. */
async function realWork(): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) await setImmediate();
}

test("virtual time waits for real work that is held", async (t) => {
  const scheduler = new Scheduler();
  const order: string[] = [];
  scheduler.after(1, () => {
    void scheduler.hold(realWork()).then(() => order.push(`held@${scheduler.nowMs}`));
  });
  scheduler.after(2, () => order.push("next"));
  await scheduler.run(2);
  t.deepEqual(order, ["held@1", "next"]);
});

test("a periodic timer runs until it is cancelled, also by its own task", async (t) => {
  const scheduler = new Scheduler();
  const times: number[] = [];
  const timer = scheduler.timers.every(10, () => {
    times.push(scheduler.nowMs);
    if (times.length === 3) timer.cancel();
  });
  await scheduler.run(100);
  t.deepEqual(times, [10, 20, 30]);
});

test("a cancelled timer does not run", async (t) => {
  const scheduler = new Scheduler();
  scheduler.after(5, () => t.fail()).cancel();
  await scheduler.run(10);
  t.pass();
});

test("settle runs until the promise has its value", async (t) => {
  const scheduler = new Scheduler();
  const value = new Promise<string>((resolve) => {
    scheduler.after(1000, () => resolve("done"));
  });
  t.is(await scheduler.settle(value), "done");
  t.is(scheduler.nowMs, 1000);
  await t.throwsAsync(scheduler.settle(Promise.reject(new Error("its own"))), {
    message: "its own",
  });
});

test("a run without a future event fails", async (t) => {
  const scheduler = new Scheduler();
  await t.throwsAsync(scheduler.settle(new Promise(() => {})), { message: /nothing is left/u });
  scheduler.timers.every(10, () => {});
  await t.throwsAsync(scheduler.settle(new Promise(() => {}), 100), { message: /time is up/u });
});

test("an error of a task rejects the run, which can be continued", async (t) => {
  const scheduler = new Scheduler();
  scheduler.after(1, () => {
    throw new Error("broken");
  });
  let ran = false;
  scheduler.after(2, () => {
    ran = true;
  });
  await t.throwsAsync(scheduler.run(5), { message: "broken" });
  await scheduler.run(5);
  t.true(ran);
});

test("a run within a run is refused", async (t) => {
  const scheduler = new Scheduler();
  let inner: Promise<void> | undefined;
  scheduler.after(1, () => {
    inner = scheduler.run(5);
    inner.catch(() => {});
  });
  await scheduler.run(2);
  await t.throwsAsync(inner ?? Promise.resolve(), { message: /run within a run/u });
});

test("the simulated calendar starts at a fixed date", (t) => {
  t.is(new Scheduler().clock.epochMs(), Date.UTC(2020, 0, 1));
});

test("setting the calendar moves the date and not the measured time", async (t) => {
  const scheduler = new Scheduler();
  const before = scheduler.clock.epochMs();
  scheduler.setCalendar(-86_400_000);
  t.is(scheduler.clock.epochMs(), before - 86_400_000);
  t.is(scheduler.nowMs, 0);
  await scheduler.run(10);
  t.is(scheduler.clock.epochMs(), before - 86_400_000 + 10);
});

test("tasks planned during a sleep run late, in order, at the time of waking", async (t) => {
  const scheduler = new Scheduler();
  const seen: string[] = [];
  for (const delayMs of [20, 10, 2_000]) {
    scheduler.after(delayMs, () => seen.push(`${delayMs} at ${scheduler.nowMs}`));
  }
  scheduler.suspend(1_000);
  await scheduler.run(3_000);
  t.deepEqual(seen, ["10 at 1000", "20 at 1000", "2000 at 2000"]);
});
