// The verdict on each compared run by itself: whether its figures show anything of the target.

import type { BudgetVerdict, LoadTestResult, Outcome } from "../result.ts";

/** The worth of a run in a comparison. */
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
    reason:
      outcome.kind === "passed"
        ? undefined
        : `${outcome.kind}: ${endSentence({ outcome, budgets })}`,
  };
}

function verdictOf({ kind }: Outcome): ComparedVerdict {
  if (kind === "passed") return "ok";
  return kind === "budget-broken" ? kind : "proves-nothing";
}

/** How a run ended, without its verdict. */
export function endSentence({
  outcome,
  budgets,
}: Pick<LoadTestResult, "outcome" | "budgets">): string {
  switch (outcome.kind) {
    case "passed":
      return passedSentence(budgets.length);
    case "budget-broken":
      return brokenSentence(budgets);
    case "aborted":
      return `the budget ${outcome.budget} was broken for too long`;
    case "generator-saturated":
    case "load-not-sent":
      return outcome.reason;
    case "stopped":
      return "it ended before its time";
    case "partial":
      return "it was kept during its run";
    case "failed":
      return `${outcome.message} [${outcome.code}]`;
  }
}

function passedSentence(budgets: number): string {
  if (budgets === 0) return "The run reached its end. It has no budgets.";
  return budgets === 1 ? "The only budget holds." : `All ${budgets} budgets hold.`;
}

function brokenSentence(budgets: readonly BudgetVerdict[]): string {
  const broken = budgets.filter(({ holds }) => !holds).map(({ text }) => text);
  const others = broken.length > mostNamed ? ` and ${broken.length - mostNamed} more` : "";
  return `${broken.length} of ${budgets.length} budgets broken: ${broken.slice(0, mostNamed).join(" · ")}${others}`;
}
