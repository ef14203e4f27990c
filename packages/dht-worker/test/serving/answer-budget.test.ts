import test from "ava";
import fc from "fast-check";

import { AnswerBudget } from "../../src/serving/answer-budget.ts";

test("case 85: an answer of four times its question, or to a proven address, is whole", (t) => {
  const budget = new AnswerBudget({ bytesPerSecond: 8_000, unprovenBytesPerSecond: 0 });
  t.is(budget.admit({ questionBytes: 100, isProven: false }, 400, 0), 400);
  t.is(budget.admit({ questionBytes: 100, isProven: false }, 401, 0), 400);
  t.is(budget.admit({ questionBytes: 100, isProven: true }, 1_024, 0), 1_024);
});

test("case 85: the excess over four times the question comes from a bucket of 2,000 bytes", (t) => {
  const budget = new AnswerBudget();
  const sizes = { questionBytes: 100, isProven: false };
  t.is(budget.admit(sizes, 1_024, 0), 1_024);
  t.is(budget.admit(sizes, 1_024, 0), 1_024);
  t.is(budget.admit(sizes, 1_024, 0), 1_024);
  t.is(budget.admit(sizes, 1_024, 0), 400);
  t.is(budget.admit(sizes, 1_024, 300), 1_024);
  t.is(budget.admit(sizes, 1_024, 300), 400);
});

test("case 85: bytes out stay within four times the bytes in, and 2,000 a second", (t) => {
  const question = fc.record({
    waitMs: fc.nat(100),
    questionBytes: fc.integer({ min: 20, max: 300 }),
    wholeBytes: fc.integer({ min: 60, max: 1_400 }),
  });
  fc.assert(
    fc.property(fc.array(question, { maxLength: 200 }), (questions) => {
      const budget = new AnswerBudget();
      let [nowMs, bytesIn, bytesOut] = [0, 0, 0];
      for (const { waitMs, questionBytes, wholeBytes } of questions) {
        nowMs += waitMs;
        bytesIn += questionBytes;
        bytesOut += budget.admit({ questionBytes, isProven: false }, wholeBytes, nowMs);
        t.true(bytesOut <= 4 * bytesIn + Math.max(2 * nowMs, 1.8 * nowMs + 2_000));
      }
    }),
    { numRuns: 50 },
  );
});

test("case 85: all answers together have 8,000 bytes a second, after a rest 24,000 at once", (t) => {
  const budget = new AnswerBudget();
  let sent = 0;
  while (budget.spend(300, 0)) sent += 300;
  t.is(sent, 24_000);
  t.false(budget.hasRoom(true, 0));
  t.true(budget.hasRoom(true, 38));
  for (let nowMs = 1; nowMs <= 10_000; nowMs++) if (budget.spend(300, nowMs)) sent += 300;
  t.true(sent > 103_000 && sent <= 104_000, `${sent}`);
});

test("case 85: a flood of forged addresses leaves a third of the bytes to proven ones", (t) => {
  const budget = new AnswerBudget();
  let flooded = 0;
  for (let nowMs = 0; nowMs < 10_000; nowMs++) {
    while (budget.hasRoom(false, nowMs) && budget.spend(300, nowMs)) flooded += 300;
    t.true(budget.hasRoom(true, nowMs));
  }
  t.true(flooded > 80_000 && flooded <= 96_000, `${flooded}`);
  let answered = 0;
  while (budget.hasRoom(true, 10_000) && budget.spend(300, 10_000)) answered += 300;
  t.true(answered >= 7_500, `${answered}`);
});

test("case 85: other bytes to unproven addresses count as those of answers", (t) => {
  const budget = new AnswerBudget();
  let taken = 0;
  while (budget.takeUnproven(100, 0)) taken += 100;
  t.is(taken, 2_000);
  t.is(budget.admit({ questionBytes: 60, isProven: false }, 300, 0), 240);
});

test("bounds that are lifted cut and refuse no answer", (t) => {
  const lifted = { bytesPerSecond: Infinity, unprovenBytesPerSecond: Infinity };
  const budget = new AnswerBudget(lifted);
  for (let answer = 0; answer < 1_000; answer++) {
    t.is(budget.admit({ questionBytes: 60, isProven: false }, 1_024, 0), 1_024);
    t.true(budget.hasRoom(false, 0) && budget.spend(1_024, 0));
  }
});
