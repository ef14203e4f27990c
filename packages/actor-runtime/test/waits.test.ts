import test from "ava";
import { nextTurn, pause, resultWithin, settlesWithin } from "../src/waits.ts";
import { ManualTime, settle } from "./support/testing/index.ts";

test("a pause ends after its time, the wait for a turn with the turn", async (t) => {
  const time = new ManualTime();
  const ended: string[] = [];
  void pause(time, 100).then(() => ended.push("pause"));
  void nextTurn(time).then(() => ended.push("turn"));
  await settle();
  t.deepEqual(ended, []);
  await time.pass(99);
  t.deepEqual(ended, ["turn"]);
  await time.pass(1);
  t.deepEqual(ended, ["turn", "pause"]);
});

test("work that resolves or rejects within its limit has settled, and no timer is left", async (t) => {
  const time = new ManualTime();
  t.true(await settlesWithin(time, 100, Promise.resolve()));
  t.true(await settlesWithin(time, 100, Promise.reject(new Error("refused"))));
  t.is(time.pending, 0);
});

test("work that takes longer than its limit has not settled", async (t) => {
  const time = new ManualTime();
  const outcome = settlesWithin(time, 100, pause(time, 101));
  await time.pass(100);
  t.false(await outcome);
});

test("the result of work within its limit is that of the work, beyond it the error given", async (t) => {
  const time = new ManualTime();
  const late = () => new Error("late");
  t.is(await resultWithin(time, 100, Promise.resolve(3), late), 3);
  const refused = Promise.reject(new Error("refused"));
  await t.throwsAsync(resultWithin(time, 100, refused, late), { message: "refused" });
  const outcome = t.throwsAsync(resultWithin(time, 100, pause(time, 101), late), {
    message: "late",
  });
  await time.pass(100);
  await outcome;
});
