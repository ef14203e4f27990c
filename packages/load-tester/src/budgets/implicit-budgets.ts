// Budgets that hold for each group without being written: a target answers.

import type { MeasuredRun } from "../results/measured-run.ts";
import type { BudgetVerdict } from "../results/result.ts";
import { politeGroups } from "../results/summary/group-accounts.ts";
import type { Budget, Selection } from "./budget.ts";
import { judgeBudget } from "./judge-budget.ts";
import { parseBudget } from "./parse-budget.ts";
import { partOf } from "./run-values.ts";

/** Counters of what the target left without an answer. */
const unansweredCounters: readonly string[] = ["unanswered", "not_sent_target"];

/** @returns Of each group that no budget on unanswered requests names: its implicit budget, if it is broken. */
export function brokenImplicitly(
  budgets: readonly Budget[],
  run: MeasuredRun,
): readonly BudgetVerdict[] {
  return politeGroups(run.groups)
    .filter(({ name }) => !budgets.some((budget) => names(budget, name, run)))
    .map(({ name }) => judgeBudget(parseBudget(`unanswered_share{group=${name}} <= 1%`), run))
    .filter(({ holds, seen }) => !holds && seen !== undefined);
}

function names({ quantity }: Budget, group: string, run: MeasuredRun): boolean {
  const selection = selectionOf({ quantity });
  if (selection === undefined) return false;
  return partOf(selection, quantity, run).groups?.includes(group) !== false;
}

/** The selection of a budget on unanswered requests. */
function selectionOf({ quantity }: Pick<Budget, "quantity">): Selection | undefined {
  switch (quantity.kind) {
    case "unanswered":
      return quantity.selection;
    case "total":
      return unansweredCounters.includes(quantity.term.counter)
        ? quantity.term.selection
        : undefined;
    case "ratio":
      return unansweredCounters.includes(quantity.over.counter)
        ? quantity.over.selection
        : undefined;
    default:
      return undefined;
  }
}
