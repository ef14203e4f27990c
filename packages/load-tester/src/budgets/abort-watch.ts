// Budgets that end a run early.

import type { MeasuredRun } from "../results/measured-run.ts";
import type { Abort } from "../scenario/scenario.ts";
import type { Budget } from "./budget.ts";
import { judgeBudget } from "./judge-budget.ts";
import { parseBudget } from "./parse-budget.ts";

/** Judges the budgets of `abort` while the run goes on, over the part of the run that is over. */
export class AbortWatch {
  readonly #watched: readonly { readonly budget: Budget; readonly afterMs: number }[];
  /** By budget: the end of the second since which it has been broken. */
  readonly #brokenSinceMs = new Map<Budget, number>();

  /** @throws BudgetError */
  constructor(aborts: readonly Abort[]) {
    this.#watched = aborts.map(({ budget, afterMs }) => ({ budget: parseBudget(budget), afterMs }));
  }

  /**
   * Call it after each second. A budget about something that was not measured yet is not broken.
   *
   * @returns The text of a budget that has been broken for long enough.
   */
  judge(run: MeasuredRun): string | undefined {
    for (const { budget, afterMs } of this.#watched) {
      const { holds, seen } = judgeBudget(budget, run);
      if (holds || seen === undefined) {
        this.#brokenSinceMs.delete(budget);
        continue;
      }
      const sinceMs = this.#brokenSinceMs.get(budget) ?? run.durationMs;
      this.#brokenSinceMs.set(budget, sinceMs);
      if (run.durationMs - sinceMs >= afterMs) return budget.text;
    }
    return undefined;
  }
}
