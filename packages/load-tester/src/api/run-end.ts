// Why a run ends, and the outcome that follows.

import type { RunTotals } from "../results/merge/run-totals.ts";
import type { BudgetVerdict, GroupFacts, Outcome } from "../results/result.ts";
import { notSentOf } from "./not-sent.ts";
import { saturationOf } from "./saturation.ts";

/** Why a run ends. */
export type RunEnd =
  /** All phases are over. */
  { readonly kind: "over" } | Extract<Outcome, { readonly kind: "aborted" | "stopped" | "failed" }>;

/** Measurements of a whole run. */
interface RunVerdict {
  readonly totals: RunTotals;
  readonly budgets: readonly BudgetVerdict[];
  /** Phases that budgets are about. */
  readonly parts: readonly (readonly string[])[];
  readonly groups: readonly GroupFacts[];
  /** A sentence on accounts that do not close. */
  readonly fault: string | undefined;
}

/**
 * Figures whose sums do not close are worth nothing. Load that never happened and a saturated generator measure no budget,
 * nor one that ends a run early.
 */
export function outcomeOf(end: RunEnd, verdict: RunVerdict): Outcome {
  const { totals, budgets, parts, groups, fault } = verdict;
  if (end.kind === "failed") return end;
  if (fault !== undefined) return { kind: "failed", code: "accounts-open", message: fault };
  if (end.kind === "stopped") return end;
  const notSent = notSentOf(totals, groups);
  if (notSent !== undefined) return { kind: "load-not-sent", reason: notSent };
  const reason = saturationOf(totals, parts);
  if (reason !== undefined) return { kind: "generator-saturated", reason };
  if (end.kind === "aborted") return end;
  return budgets.every(({ holds }) => holds) ? { kind: "passed" } : { kind: "budget-broken" };
}
