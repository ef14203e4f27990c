import test from "ava";
import { ManualTime } from "@troupe/actor-runtime/testing";
import { withinDeadline } from "../../../src/api/commands/command-deadline.ts";

const late = new Error("late");

/** Work of ten seconds at most, and the ends that were reported afterwards. */
function openScene() {
  const time = new ManualTime();
  const work = Promise.withResolvers<number>();
  const ends: PromiseSettledResult<number>[] = [];
  const waited = withinDeadline(time, 10_000, work.promise, {
    late: () => late,
    ended: (end) => ends.push(end),
  });
  return { time, work, ends, waited };
}

test("work in time gives its result or its error, and leaves no timer", async (t) => {
  const done = openScene();
  done.work.resolve(7);
  t.is(await done.waited, 7);
  const failed = openScene();
  failed.work.reject(new Error("no"));
  await t.throwsAsync(failed.waited, { message: "no" });
  for (const { time, ends } of [done, failed]) {
    t.deepEqual(time.delaysMs, []);
    t.deepEqual(ends, []);
  }
});

test("at the deadline the caller gets the error, and the end of the work is reported", async (t) => {
  const { time, work, ends, waited } = openScene();
  time.advance(10_000);
  await t.throwsAsync(waited, { is: late });
  t.deepEqual(ends, []);
  work.resolve(7);
  await new Promise(setImmediate);
  t.deepEqual(ends, [{ status: "fulfilled", value: 7 }]);
});

test("a failure after the deadline is reported, and nothing is thrown", async (t) => {
  const { time, work, ends, waited } = openScene();
  time.advance(10_000);
  await t.throwsAsync(waited, { is: late });
  const reason = new Error("no");
  work.reject(reason);
  await new Promise(setImmediate);
  t.deepEqual(ends, [{ status: "rejected", reason }]);
});
