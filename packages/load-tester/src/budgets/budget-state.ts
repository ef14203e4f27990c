// How a budget stands while its run goes on.

import type { MeasuredRun } from "../results/measured-run.ts";
import type { BudgetVerdict } from "../results/result.ts";
import type { Budget, Quantity, Selection } from "./budget.ts";
import { namesOfRuns, select } from "./check-budget.ts";

/** A verdict before the end of a run. */
export type BudgetState =
  | "holds"
  /** Nothing was measured yet. */
  | "waits"
  /** It does not hold, and may hold at its end. */
  | "not-yet-met"
  | "broken";

/**
 * Before the end of its phases a budget is broken only if no further second can mend it.
 *
 * @param run With all phases as planned.
 */
export function budgetState(budget: Budget, verdict: BudgetVerdict, run: MeasuredRun): BudgetState {
  if (verdict.seen === undefined) return "waits";
  if (verdict.holds) return "holds";
  const isOver = run.durationMs >= endOf(budget.quantity, run);
  return isOver || isForGood(budget) ? "broken" : "not-yet-met";
}

/** End of the last phase that the budget is about. */
function endOf(quantity: Quantity, run: MeasuredRun): number {
  const known = namesOfRuns(run);
  const ends = selectionsOf(quantity).map((selection) => {
    const own = select(selection, quantity, known).phases;
    return run.phases
      .filter(({ name }) => own?.includes(name) !== false)
      .reduce((last, { endMs }) => Math.max(last, endMs), 0);
  });
  return Math.max(...ends);
}

function selectionsOf(quantity: Quantity): Selection[] {
  switch (quantity.kind) {
    case "ratio":
      return [quantity.over.selection, quantity.under.selection];
    case "total":
      return [quantity.term.selection];
    case "latency":
    case "rate":
    case "errors":
    case "unanswered":
    case "process":
      return [quantity.selection];
  }
}

/** Totals and greatest values only grow. */
function isForGood({ quantity, comparison }: Budget): boolean {
  const { kind } = quantity;
  if (kind === "total") return comparison.startsWith("<");
  if (kind !== "latency" && kind !== "rate" && kind !== "process") return false;
  const { statistic } = quantity;
  if (typeof statistic === "string") return statistic === "total" && comparison.startsWith("<");
  if (statistic.kind === "min") return comparison.startsWith(">");
  const grows = statistic.kind === "max" || statistic.kind === "count";
  return grows && comparison.startsWith("<");
}
