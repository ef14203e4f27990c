import test from "ava";
import { newlyBroken } from "../../../src/results/compare/newly-broken.ts";
import type { LoadTestResult, Outcome } from "../../../src/results/result.ts";
import { fakeResult } from "../../support/fake-result.ts";

const held = fakeResult();
const errors = brokenRun(["errors < 1%"]);

function brokenRun(
  texts: readonly string[],
  outcome: Outcome = { kind: "budget-broken" },
): LoadTestResult {
  const budgets = texts.map((text) => ({ text, seen: 0.02, allowed: 0.01, holds: false }));
  return fakeResult({ budgets: [...held.budgets, ...budgets], outcome });
}

const texts = (before: readonly LoadTestResult[], after: readonly LoadTestResult[]) =>
  newlyBroken(before, after).map(({ text }) => text);

test("a budget that the runs before kept and half of the runs after break is newly broken", (t) => {
  t.deepEqual(newlyBroken([held, held], [errors, held]), [
    { text: "errors < 1%", seenText: "broken by no run before, and by 1 of 2 after" },
  ]);
  t.deepEqual(texts([held], [errors, held, held]), []);
});

test("a budget that a run before broke is not newly broken, and each budget is judged by itself", (t) => {
  t.deepEqual(texts([errors], [errors]), []);
  t.deepEqual(texts([held, errors], [errors]), []);
  t.deepEqual(texts([errors], [held]), []);
  t.deepEqual(texts([errors], [brokenRun(["errors < 1%", "lost_peers < 1"])]), ["lost_peers < 1"]);
});

test("budgets of runs that prove nothing count on neither side", (t) => {
  const partial = brokenRun(["errors < 1%"], { kind: "partial" });
  t.deepEqual(texts([held], [partial]), []);
  t.deepEqual(texts([partial], [errors]), []);
  t.deepEqual(texts([partial, held], [errors]), ["errors < 1%"]);
});
