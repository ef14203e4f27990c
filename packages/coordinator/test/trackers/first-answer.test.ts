import test from "ava";
import { ManualTime } from "@troupe/actor-runtime/testing";
import { askedAtOnce, firstAnswer } from "../../src/trackers/first-answer.ts";
import { at } from "../support/engine-scene.ts";

/** A race of `count` who answer when the test says; one second of patience for each. */
function race(count: number, beginsAtOnce = true) {
  const time = new ManualTime();
  const asked: ((answer: string | undefined) => void)[] = [];
  const begins: (() => void)[] = [];
  const outcome = { isOver: false, answer: undefined as string | undefined };
  const promise = firstAnswer<string>({
    count,
    ask: (_index, begun) => {
      begins.push(begun);
      if (beginsAtOnce) begun();
      return new Promise((resolve) => asked.push(resolve));
    },
    patienceMs: () => 1_000,
    timers: time,
  }).then((answer) => Object.assign(outcome, { isOver: true, answer }));
  return { time, asked, begins, outcome, promise, hear: (index: number) => at(asked, index) };
}

test("the next is asked after a second of silence, or at once after a failure", async (t) => {
  const { time, asked, hear } = race(4);
  await time.pass(999);
  t.is(asked.length, 1);
  await time.pass(1);
  t.is(asked.length, 2);
  hear(1)(undefined);
  await time.pass(0);
  t.is(asked.length, 3);
  hear(0)(undefined);
  await time.pass(0);
  t.is(asked.length, 3, "the one whose patience was used up has been followed already");
});

test("the first answer counts, regardless of the order of the calls", async (t) => {
  const { time, outcome, hear, promise } = race(3);
  await time.pass(1_000);
  hear(1)("second");
  await promise;
  t.is(outcome.answer, "second");
  hear(0)("first");
  await time.pass(10_000);
  t.is(time.pending, 0);
});

test("a late answer counts while all other trackers fail", async (t) => {
  const { time, outcome, hear, promise } = race(3);
  await time.pass(2_000);
  hear(1)(undefined);
  hear(2)(undefined);
  await time.pass(60_000);
  t.false(outcome.isOver);
  hear(0)("late");
  await promise;
  t.is(outcome.answer, "late");
});

test("when all have failed there is no answer", async (t) => {
  const { time, outcome, hear, promise } = race(2);
  hear(0)(undefined);
  await time.pass(0);
  hear(1)(undefined);
  await promise;
  t.is(outcome.answer, undefined);
  t.is(time.pending, 0);
});

test("without trackers there is no answer", async (t) => {
  const { outcome, promise } = race(0);
  await promise;
  t.true(outcome.isOver);
});

test("of many silent trackers a few are asked at a time", async (t) => {
  const { time, asked, hear } = race(askedAtOnce + 5);
  await time.pass(60_000);
  t.is(asked.length, askedAtOnce);
  hear(3)(undefined);
  await time.pass(0);
  t.is(asked.length, askedAtOnce + 1);
});

test("silence counts from the moment at which a source is asked", async (t) => {
  const { time, asked, begins } = race(2, false);
  await time.pass(60_000);
  t.is(asked.length, 1);
  at(begins, 0)();
  at(begins, 0)();
  await time.pass(999);
  t.is(asked.length, 1);
  await time.pass(1);
  t.is(asked.length, 2);
});
