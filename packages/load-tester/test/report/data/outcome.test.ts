import test from "ava";
import { outcomeOf } from "../../../src/report/data/outcome.ts";
import type { LoadTestResult, Outcome } from "../../../src/results/result.ts";
import { syntheticResult } from "../../support/synthetic-result.ts";

const run = syntheticResult({ seconds: 1, groups: ["leech"], measures: ["connect"] });
const sentenceOf = (outcome: Outcome, more: Partial<LoadTestResult> = {}) => {
  const { kind, sentence } = outcomeOf({ ...run, ...more, outcome });
  return `${kind}: ${sentence}`;
};

test("the sentence of an outcome names the budgets, or the reason of another end", (t) => {
  t.is(sentenceOf({ kind: "passed" }), "passed: All 3 budgets hold.");
  const broken = run.budgets.map((budget, index) => ({ ...budget, holds: index > 0 }));
  t.is(
    sentenceOf({ kind: "budget-broken" }, { budgets: broken }),
    "broken: 1 of 3 budgets broken: request_block{g0}.p99 < 50ms",
  );
  t.is(
    sentenceOf({ kind: "aborted", budget: "errors < 1%" }),
    "broken: the budget errors < 1% was broken for too long",
  );
  t.regex(
    sentenceOf({ kind: "generator-saturated", reason: "p99 of lateness 14 ms" }),
    /^warned: p99 of lateness 14 ms$/,
  );
  t.regex(sentenceOf({ kind: "stopped" }), /^warned: it ended before its time$/);
  t.is(sentenceOf({ kind: "partial" }), "warned: it was kept during its run");
  t.is(
    sentenceOf({ kind: "failed", code: "agent-lost", message: "agent a died" }),
    "failed: agent a died [agent-lost]",
  );
});

test("the word of an outcome is its kind", (t) => {
  t.is(outcomeOf({ ...run, outcome: { kind: "budget-broken" } }).word, "Budget broken");
  t.is(outcomeOf({ ...run, budgets: [] }).sentence, "The run reached its end. It has no budgets.");
});
