// Budgets of a scenario: their words, and the names of groups, phases and targets in them.

import { BudgetError } from "../../budgets/budget-error.ts";
import { checkBudget, type KnownNames } from "../../budgets/check-budget.ts";
import { parseBudget } from "../../budgets/parse-budget.ts";
import { ContentFault, spellPath, spellSeen, type Path } from "@troupe/yaml-file";
import type { Scenario } from "../scenario.ts";
import { warmUpPhase } from "../warm-up.ts";

/** @throws ContentFault */
export function checkBudgets({ budgets, abort, groups, phases, targets }: Scenario): void {
  const known: KnownNames = {
    groups: Object.keys(groups),
    phases: phases.map(({ name }) => name).filter((name) => name !== warmUpPhase),
    targets: Object.keys(targets),
  };
  for (const [index, text] of budgets.entries()) check(text, ["budgets", index], known);
  for (const [index, { budget }] of abort.entries())
    check(budget, ["abort", index, "budget"], known);
}

function check(text: string, path: Path, known: KnownNames): void {
  try {
    checkBudget(parseBudget(text), known);
  } catch (error) {
    if (!(error instanceof BudgetError)) throw error;
    const sentence = `${spellPath(path)} is ${spellSeen(text)}: ${error.reason}`;
    throw new ContentFault(path, sentence, false, error.column - 1);
  }
}
