import type { BudgetVerdict } from "../results/result.ts";
import { dimensionOf } from "./budget.ts";
import { spellValue } from "./budget-values.ts";
import { parseBudget } from "./parse-budget.ts";

/** A budget and its verdict for people. */
export interface SpelledBudget {
  /** Budget as written. */
  readonly text: string;
  /** `48.2 ms`, or `not measured`. */
  readonly seen: string;
  /** `50 ms`. */
  readonly allowed: string;
  readonly holds: boolean;
  /** A budget about something that was not measured does not hold. */
  readonly isMeasured: boolean;
}

/** Spells what was seen and allowed in the unit of the budget. */
export function spellVerdict({ text, seen, allowed, holds }: BudgetVerdict): SpelledBudget {
  const dimension = dimensionOf(parseBudget(text).quantity);
  return {
    text,
    seen: seen === undefined ? "not measured" : spellValue(seen, dimension),
    allowed: spellValue(allowed, dimension),
    holds,
    isMeasured: seen !== undefined,
  };
}
