// The language of budgets: `request_block{leech,steady}.p99 < 50ms`.

import { comparisons, dimensionOf } from "./budget.ts";
import type { Budget, Comparison, Quantity } from "./budget.ts";
import { BudgetReader } from "./budget-reader.ts";
import { readBound } from "./budget-values.ts";
import { readQuantity } from "./read-quantity.ts";

/**
 * Parses a budget of a scenario.
 *
 * @throws BudgetError with the column, what is allowed and the nearest name.
 */
export function parseBudget(text: string): Budget {
  const reader = new BudgetReader(text);
  const quantity = readQuantity(reader);
  const comparison = readComparison(reader);
  const bound = readBound(reader, dimensionOf(quantity), isTargetMemory(quantity));
  return ended(reader, { text, quantity, comparison, bound });
}

/**
 * Parses a budget on the ratio of two sides of runs: `request_block.p99 < 1.1`.
 *
 * @throws BudgetError
 */
export function parseRatioBudget(text: string): Budget {
  const reader = new BudgetReader(text);
  const quantity = readQuantity(reader);
  const comparison = readComparison(reader);
  const bound = readBound(reader, "run-ratio", false);
  return ended(reader, { text, quantity, comparison, bound });
}

function readComparison(reader: BudgetReader): Comparison {
  const column = reader.column;
  const sign = reader.take(/[<>=!≤≥]+/u);
  const found = comparisons.find((known) => known === sign);
  if (found !== undefined) return found;
  const allowed = `allowed are ${comparisons.join(", ")}`;
  if (sign === undefined) throw reader.missing(`a comparison (${comparisons.join(", ")})`);
  throw reader.fault(column, `there is no comparison "${sign}"; ${allowed}`);
}

function ended(reader: BudgetReader, budget: Budget): Budget {
  if (!reader.isAtEnd) throw reader.missing("the end of the budget");
  return budget;
}

function isTargetMemory(quantity: Quantity): boolean {
  return quantity.kind === "process" && quantity.of === "target" && quantity.resource === "rss";
}
