// The verdict on each compared run by itself: whether its figures show anything of the target.

import type { BudgetVerdict, LoadTestResult, Outcome } from "../result.ts";

/** What a run is worth in a comparison. */
export type ComparedVerdict =
  /** The run passed. */
  | "ok"
  /** The figures are sound, and a budget of the run is broken. */
  | "budget-broken"
  /** The run is not whole, or its generators did not send the load in time: the comparison fails. */
  | "proves-nothing";

/** A run of a comparison. */
export interface ComparedRun {
  readonly side: "before" | "after";
  /** Within its side, from 1. */
  readonly number: number;
  readonly outcome: Outcome["kind"];
  readonly verdict: ComparedVerdict;
  /** A sentence without a full stop; undefined for a run that is ok. */
  readonly reason: string | undefined;
}

/** Budgets that a sentence names. */
const mostNamed = 3;

/** All runs, those of `before` first. */
export function comparedRuns(
  before: readonly LoadTestResult[],
  after: readonly LoadTestResult[],
): ComparedRun[] {
  return [
    ...before.map((result, index) => comparedRun("before", index, result)),
    ...after.map((result, index) => comparedRun("after", index, result)),
  ];
}

/** `run 2 of the side after` */
export function spellComparedRun({ side, number }: Pick<ComparedRun, "side" | "number">): string {
  return `run ${number} of the side ${side}`;
}

/** Whether the figures of a run are those of its target under the whole load. */
export function isSound({ outcome }: Pick<LoadTestResult, "outcome">): boolean {
  return verdictOf(outcome) !== "proves-nothing";
}

function comparedRun(
  side: ComparedRun["side"],
  index: number,
  { outcome, budgets }: LoadTestResult,
): ComparedRun {
  return {
    ...{ side, number: index + 1, outcome: outcome.kind },
    verdict: verdictOf(outcome),
    reason: reasonOf(outcome, budgets),
  };
}

function verdictOf({ kind }: Outcome): ComparedVerdict {
  switch (kind) {
    case "passed":
      return "ok";
    case "budget-broken":
      return "budget-broken";
    case "aborted":
    case "generator-saturated":
    case "load-not-sent":
    case "stopped":
    case "partial":
    case "failed":
      return "proves-nothing";
  }
}

function reasonOf(outcome: Outcome, budgets: readonly BudgetVerdict[]): string | undefined {
  switch (outcome.kind) {
    case "passed":
      return undefined;
    case "budget-broken":
      return `budget-broken: ${brokenSentence(budgets)}`;
    case "aborted":
      return `aborted: the budget ${outcome.budget} was broken for too long`;
    case "generator-saturated":
    case "load-not-sent":
      return `${outcome.kind}: ${outcome.reason}`;
    case "stopped":
      return "stopped: it ended before its time";
    case "partial":
      return "partial: it was kept during its run";
    case "failed":
      return `failed: ${outcome.message} [${outcome.code}]`;
  }
}

function brokenSentence(budgets: readonly BudgetVerdict[]): string {
  const broken = budgets.filter(({ holds }) => !holds).map(({ text }) => text);
  const others = broken.length > mostNamed ? ` and ${broken.length - mostNamed} more` : "";
  return `${broken.length} of ${budgets.length} budgets broken: ${broken.slice(0, mostNamed).join(" · ")}${others}`;
}
