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
    "broken: The run ended early, because this budget was broken: errors < 1%",
  );
  t.regex(
    sentenceOf({ kind: "generator-saturated", reason: "p99 of lateness 14 ms" }),
    /^warned: .* p99 of lateness 14 ms$/,
  );
  t.regex(sentenceOf({ kind: "stopped" }), /^warned: The run was stopped before its end\./);
  t.regex(
    sentenceOf({ kind: "partial" }, { durationMs: 30_000 }),
    /^warned: The result was kept during the run, 30 s after its begin/,
  );
  t.is(
    sentenceOf({ kind: "failed", code: "agent-lost", message: "agent a died" }),
    "failed: agent a died [agent-lost]",
  );
});
