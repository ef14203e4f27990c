import test from "ava";
import { ActorError } from "../../src/failure.ts";
import { PendingCalls } from "../../src/links/pending-calls.ts";
import { ManualTime } from "../support/testing/index.ts";
import { rejection } from "../support/rejection.ts";

function calls() {
  const time = new ManualTime();
  return { time, pending: new PendingCalls("file", time) };
}

test("calls are numbered, and answered in any order", async (t) => {
  const { time, pending } = calls();
  const numbers: number[] = [];
  const send = (call: number) => void numbers.push(call);
  const answers = [pending.begin("a", 100, send), pending.begin("b", 100, send)];
  t.deepEqual(numbers, [1, 2]);
  pending.resolve(2, "second");
  pending.resolve(1, "first");
  t.deepEqual(await Promise.all(answers), ["first", "second"]);
  t.is(pending.size, 0);
  t.is(time.pending, 0);
});

test("a call is settled once: an answer after its deadline is dropped", async (t) => {
  const { time, pending } = calls();
  const error = rejection(pending.begin("a", 100, () => {}));
  await time.pass(100);
  t.is((await error).code, "call-deadline");
  pending.resolve(1, "late");
  pending.reject(1, new ActorError("late", { message: "late" }));
  t.is(pending.size, 0);
});

test("the end rejects all pending calls", async (t) => {
  const { time, pending } = calls();
  const errors = ["a", "b"].map((name) => rejection(pending.begin(name, 100, () => {})));
  pending.end();
  const codes = (await Promise.all(errors)).map(({ code, operation }) => [code, operation]);
  t.deepEqual(codes, [
    ["actor-gone", "a"],
    ["actor-gone", "b"],
  ]);
  t.is(time.pending, 0);
});
