// Budgets of a run with the units of their numbers.

import { dimensionOf, type Budget } from "../../budgets/budget.ts";
import { BudgetError } from "../../budgets/budget-error.ts";
import { parseBudget } from "../../budgets/parse-budget.ts";
import { isClosedLatency } from "../../results/measured-run.ts";
import type { BudgetVerdict, GroupFacts } from "../../results/result.ts";
import type { BudgetData } from "./report-data.ts";

/** The budget as the page gets it. */
export function budgetData(verdict: BudgetVerdict, groups: readonly GroupFacts[]): BudgetData {
  const budget = parsed(verdict.text);
  return {
    ...verdict,
    dimension: budget === undefined ? "count" : dimensionOf(budget.quantity),
    used: budget && usedPart(budget, verdict),
    isClosedLoad: budget !== undefined && judgesClosedLoad(budget, groups),
  };
}

/**
 * Part of the allowance that was used; of a least value, how near the seen one came to it. A share of at least 99.9 %
 * allows 0.1 % to fail.
 */
function usedPart(
  { comparison, quantity }: Budget,
  { seen, allowed }: Pick<BudgetVerdict, "seen" | "allowed">,
): number | undefined {
  if (seen === undefined) return undefined;
  if (comparison.startsWith("<")) return partOf(seen, allowed);
  const hasRest = dimensionOf(quantity) === "share" && allowed < 1;
  return hasRest ? partOf(1 - seen, 1 - allowed) : partOf(allowed, seen);
}

/** Any use of an allowance of nothing is more than all. */
function partOf(used: number, allowance: number): number {
  if (allowance > 0) return Math.max(used, 0) / allowance;
  return used > 0 ? 2 : 0;
}

/** Result files may come from another version, which had other budgets. */
function parsed(text: string): Budget | undefined {
  try {
    return parseBudget(text);
  } catch (error) {
    if (error instanceof BudgetError) return undefined;
    throw error;
  }
}

function judgesClosedLoad({ quantity }: Budget, groups: readonly GroupFacts[]): boolean {
  if (quantity.kind !== "latency") return false;
  const names = new Set(quantity.selection.map(({ name }) => name));
  const named = groups.filter(({ name }) => names.has(name));
  return (named.length > 0 ? named : groups).some((group) =>
    isClosedLatency(quantity.measure, group),
  );
}
