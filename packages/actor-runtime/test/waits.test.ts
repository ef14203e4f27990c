import test from "ava";
import { nextTurn, pause, settlesWithin } from "../src/waits.ts";
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
