// A run as budgets and summaries see it: while it goes on, and after it was read from a file.

import { RunTotals } from "./merge/run-totals.ts";
import type { GroupFacts, LoadTestResult, Second, TargetFacts } from "./result.ts";

/** Measures of a run, or of the part that is over. */
export interface MeasuredRun {
  readonly durationMs: number;
  readonly phases: LoadTestResult["phases"];
  readonly groups: readonly GroupFacts[];
  readonly targets: readonly TargetFacts[];
  readonly totals: RunTotals;
  readonly seconds: readonly Second[];
}

/** @throws TroupeError `histogram-malformed` */
export function measuredRun(result: LoadTestResult): MeasuredRun {
  const { durationMs, phases, groups, targets, seconds } = result;
  return { durationMs, phases, groups, targets, seconds, totals: RunTotals.ofResult(result) };
}

/** Groups of misbehaving peers: a target does well to refuse them. */
export function isHostile({ behaviour }: Pick<GroupFacts, "behaviour">): boolean {
  return behaviour.startsWith("hostile");
}
