import { ManualTime } from "@troupe/actor-runtime/testing";
import test from "ava";
import { endedWithin, mapAFewAtOnce } from "../../src/transmission/bounded-work.ts";

test("four items are worked on at a time, and results keep their order", async (t) => {
  const ends: (() => void)[] = [];
  let most = 0;
  let running = 0;
  const results = mapAFewAtOnce([1, 2, 3, 4, 5, 6], async (item) => {
    most = Math.max(most, ++running);
    await new Promise<void>((resolve) => ends.push(resolve));
    running--;
    return item * 10;
  });
  for (let ended = 0; ended < 6; ended++) {
    t.true(ends.length <= ended + 4);
    ends[ended]?.();
    await new Promise(setImmediate);
  }
  t.deepEqual(await results, [10, 20, 30, 40, 50, 60]);
  t.is(most, 4);
  t.deepEqual(await mapAFewAtOnce([], () => Promise.resolve(1)), []);
});

test("the first error of some work is that of all", async (t) => {
  const work = mapAFewAtOnce([1, 2], (item) => Promise.reject(new Error(`item ${item}`)));
  await t.throwsAsync(work, { message: "item 1" });
});

test("work that outlasts the wait has no result, and its error is dropped", async (t) => {
  const time = new ManualTime();
  const work = Promise.withResolvers<number>();
  const waited = endedWithin(time, 1_000, work.promise);
  time.advance(1_000);
  t.is(await waited, undefined);
  work.reject(new Error("too late"));
  await new Promise(setImmediate);
  t.is(time.pending, 0);
});

test("work that ends before leaves no timer", async (t) => {
  const time = new ManualTime();
  t.deepEqual(await endedWithin(time, 1_000, Promise.resolve(3)), { result: 3 });
  await t.throwsAsync(endedWithin(time, 1_000, Promise.reject(new Error("at once"))), {
    message: "at once",
  });
  t.is(time.pending, 0);
});
