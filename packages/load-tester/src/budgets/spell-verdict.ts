import type { BudgetVerdict } from "../results/result.ts";
import { dimensionOf } from "./budget.ts";
import { spellValue } from "./budget-values.ts";
import { parseBudget } from "./parse-budget.ts";

/** A verdict's values for people. */
export interface SpelledVerdict {
  /** `48.2 ms`, or `not measured`. */
  readonly seen: string;
  /** `50 ms`. */
  readonly allowed: string;
}

/** Spells what was seen and allowed in the unit of the budget. */
export function spellVerdict({ text, seen, allowed }: BudgetVerdict): SpelledVerdict {
  const dimension = dimensionOf(parseBudget(text).quantity);
  return {
    seen: seen === undefined ? "not measured" : spellValue(seen, dimension),
    allowed: spellValue(allowed, dimension),
  };
}
