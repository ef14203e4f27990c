// Why a run ends, and the outcome that follows.

import type { RunTotals } from "../results/merge/run-totals.ts";
import type { BudgetVerdict, Outcome } from "../results/result.ts";
import { saturationOf } from "./saturation.ts";

/** Why a run ends. */
export type RunEnd =
  /** All phases are over. */
  { readonly kind: "over" } | Extract<Outcome, { readonly kind: "aborted" | "stopped" | "failed" }>;

/** What a whole run has measured. */
export interface RunVerdict {
  readonly totals: RunTotals;
  readonly budgets: readonly BudgetVerdict[];
  /** Phases that budgets are about. */
  readonly parts: readonly (readonly string[])[];
}

/** A saturated generator measures no budget. */
export function outcomeOf(end: RunEnd, { totals, budgets, parts }: RunVerdict): Outcome {
  if (end.kind !== "over") return end;
  const reason = saturationOf(totals, parts);
  if (reason !== undefined) return { kind: "generator-saturated", reason };
  return budgets.every(({ holds }) => holds) ? { kind: "passed" } : { kind: "budget-broken" };
}
