import type { BudgetState, RunFacts, RunFigures, SpelledBudget } from "@troupe/load-tester";

/** A budget while the run goes on. */
export interface LiveBudget extends Pick<SpelledBudget, "text" | "seen"> {
  readonly state: BudgetState;
}

/** Everything that the display of a load test shows. Texts are clean. */
export interface LoadView {
  readonly facts: RunFacts;
  readonly elapsedMs: number;
  /** Undefined before the first second is over. */
  readonly figures: RunFigures | undefined;
  readonly budgets: readonly LiveBudget[];
}

/** The phase of a time of the run, the last one after the end. */
export function phaseAt({ facts, elapsedMs }: LoadView): RunFacts["phases"][number] | undefined {
  return facts.phases.find(({ endMs }) => elapsedMs < endMs) ?? facts.phases.at(-1);
}
