// Compares what a run has measured with what its budgets allow.

import type { MeasuredRun } from "../results/measured-run.ts";
import type { BudgetVerdict } from "../results/result.ts";
import type { Bound, Budget, Comparison } from "./budget.ts";
import { valuesOf, type SeenValue } from "./run-values.ts";

/** Judges a budget. The worst of several targets counts; without a value the budget is broken. */
export function judgeBudget(budget: Budget, run: MeasuredRun): BudgetVerdict {
  const verdicts = valuesOf(budget.quantity, run).map((seen) => judgeValue(budget, seen));
  const worst = verdicts.find(({ holds }) => !holds) ?? verdicts.reduce(nearer(budget), undefined);
  const { text, bound } = budget;
  return worst ?? { text, seen: undefined, allowed: bound.offset, holds: false };
}

/** Returns the nearer to the bound of two verdicts that hold. */
function nearer({ comparison }: Budget) {
  return (left: BudgetVerdict | undefined, right: BudgetVerdict): BudgetVerdict => {
    if (left === undefined) return right;
    const distance = ({ seen = 0, allowed }: BudgetVerdict): number =>
      comparison.startsWith("<") ? allowed - seen : seen - allowed;
    return distance(left) <= distance(right) ? left : right;
  };
}

function judgeValue(budget: Budget, { value, base }: SeenValue): BudgetVerdict {
  const { text, comparison, bound } = budget;
  const allowed = allowedBy(bound, base);
  // A target on another machine has no base: nothing can be compared.
  if (allowed === undefined) return { text, seen: undefined, allowed: bound.offset, holds: false };
  return { text, seen: value, allowed, holds: compare(value, comparison, allowed) };
}

function allowedBy({ offset, factor }: Bound, base: number | undefined): number | undefined {
  if (factor === 0) return offset;
  return base === undefined ? undefined : offset + factor * base;
}

/** Whether `value comparison allowed` holds. */
export function compare(value: number, comparison: Comparison, allowed: number): boolean {
  switch (comparison) {
    case "<":
      return value < allowed;
    case "<=":
      return value <= allowed;
    case ">":
      return value > allowed;
    case ">=":
      return value >= allowed;
  }
}
