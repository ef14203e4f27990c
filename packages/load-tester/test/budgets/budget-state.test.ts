import test from "ava";
import { budgetState } from "../../src/budgets/budget-state.ts";
import { judgeBudget } from "../../src/budgets/judge-budget.ts";
import { parseBudget } from "../../src/budgets/parse-budget.ts";
import { count, latencies, runOf, windowOf } from "../support/fake-windows.ts";

/** The phase `ramp` is over; `steady` ends at 10 s. */
function stateAt(durationMs: number, text: string): string {
  const phase = { phase: "ramp" };
  const window = windowOf(0, {
    histograms: [latencies("request_block", "leech", "ramp", [60_000])],
    counts: [count("arrived", 10, phase), count("completed", 4, phase), count("blocks", 9, phase)],
  });
  const run = runOf([window], { durationMs });
  const budget = parseBudget(text);
  return budgetState(budget, judgeBudget(budget, run), run);
}

for (const [text, early, late] of [
  ["completed / arrived >= 99%", "not-yet-met", "broken"],
  ["completed / arrived >= 30%", "holds", "holds"],
  ["request_block.p99 < 50ms", "not-yet-met", "broken"],
  ["completed >= 10", "not-yet-met", "broken"],
  // A second more cannot mend these.
  ["blocks <= 8", "broken", "broken"],
  ["request_block.max < 50ms", "broken", "broken"],
  // Its phase is over.
  ["request_block{ramp}.p99 < 50ms", "broken", "broken"],
  ["request_block{steady}.p99 < 50ms", "waits", "waits"],
] as const) {
  test(`${text} is ${early} in the middle of a run, and ${late} at its end`, (t) => {
    t.is(stateAt(6_000, text), early);
    t.is(stateAt(10_000, text), late);
  });
}

test("a budget of a phase that a run never reached has no value", (t) => {
  const window = windowOf(0, {
    histograms: [latencies("request_block", "leech", "ramp", [1_000])],
  });
  const run = runOf([window], { phases: [{ name: "ramp", beginMs: 0, endMs: 3_000 }] });
  const verdict = judgeBudget(parseBudget("request_block{steady}.p99 < 50ms"), run);
  t.like(verdict, { seen: undefined, holds: false });
});
