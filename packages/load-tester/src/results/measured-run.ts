// A run as budgets and summaries see it: while it goes on, and after it was read from a file.

import { fromSending, measureNames, type MeasureName } from "../measures/measures.ts";
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

/** Measures of what a peer asks for at its pace; the others are measured once a visit. */
export const pacedMeasures: ReadonlySet<MeasureName> = new Set(
  measureNames.filter((measure) => fromSending[measure] !== undefined),
);

/** Latencies that a slow target makes rarer: those of a closed load, of what peers ask for. */
export function isClosedLatency(
  measure: MeasureName,
  group: Pick<GroupFacts, "isClosedLoad"> | undefined,
): boolean {
  return group?.isClosedLoad === true && pacedMeasures.has(measure);
}
