import test from "ava";
import { comparedRuns, spellComparedRun } from "../../../src/results/compare/compared-runs.ts";
import { fakeResult } from "../../support/fake-result.ts";

for (const [outcome, reason] of [
  [{ kind: "aborted", budget: "errors < 1%" }, /^aborted: the budget errors < 1% was broken/],
  [{ kind: "generator-saturated", reason: "12 ms late" }, /^generator-saturated: 12 ms late$/],
  [{ kind: "load-not-sent", reason: "5 of 10" }, /^load-not-sent: 5 of 10$/],
  [{ kind: "stopped" }, /^stopped: /],
  [{ kind: "partial" }, /^partial: it was kept during its run$/],
  [
    { kind: "failed", code: "accounts-open", message: "a sum is open" },
    /^failed: a sum is open \[accounts-open\]$/,
  ],
] as const) {
  test(`a run that ended as ${outcome.kind} proves nothing, on either side`, (t) => {
    const run = fakeResult({ outcome });
    const runs = comparedRuns([run], [fakeResult(), run]);
    t.deepEqual(
      runs.map(({ side, number, outcome: kind, verdict }) => [side, number, kind, verdict]),
      [
        ["before", 1, outcome.kind, "proves-nothing"],
        ["after", 1, "passed", "ok"],
        ["after", 2, outcome.kind, "proves-nothing"],
      ],
    );
    t.regex(runs[0]?.reason ?? "", reason);
    t.is(runs[1]?.reason, undefined);
  });
}

test("a run with a broken budget of its own has sound figures", (t) => {
  const texts = ["errors < 1%", "errors < 2%", "errors < 3%", "errors < 4%"];
  const budgets = [...texts, "errors < 5%"].map((text) => {
    return { text, seen: 0.04, allowed: 0.04, holds: !texts.includes(text) };
  });
  const [run] = comparedRuns([fakeResult({ budgets, outcome: { kind: "budget-broken" } })], []);
  t.is(run?.verdict, "budget-broken");
  t.is(
    run?.reason,
    "budget-broken: 4 of 5 budgets broken: errors < 1% · errors < 2% · errors < 3% and 1 more",
  );
});

test("a run is named by its number and its side", (t) => {
  t.is(spellComparedRun({ side: "after", number: 2 }), "run 2 of the side after");
});
