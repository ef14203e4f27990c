// Budgets that hold for each group without being written: a target answers, and answers right.

import type { CounterName } from "../measures/measures.ts";
import type { MeasuredRun } from "../results/measured-run.ts";
import type { BudgetVerdict, GroupFacts } from "../results/result.ts";
import { groupAccounts, politeGroups } from "../results/summary/group-accounts.ts";
import type { Budget, Selection } from "./budget.ts";
import { judgeBudget } from "./judge-budget.ts";
import { parseBudget } from "./parse-budget.ts";
import { partOf } from "./run-values.ts";

/** An implicit budget of each group. */
interface ImplicitRule {
  readonly text: (group: string) => string;
  /** A budget on one of these takes the place of the rule. */
  readonly replacedBy: readonly (CounterName | "unanswered_share")[];
  readonly appliesTo: (group: GroupFacts, run: MeasuredRun) => boolean;
}

const rules: readonly ImplicitRule[] = [
  {
    text: (group) => `unanswered_share{group=${group}} <= 1%`,
    replacedBy: ["unanswered_share", "unanswered", "not_sent_target"],
    appliesTo: () => true,
  },
  {
    text: (group) => `answered{group=${group}} >= 1`,
    replacedBy: ["answered"],
    appliesTo: wantsAnswers,
  },
  {
    text: (group) => `answered_wrong{group=${group}} / requests{group=${group}} <= 1%`,
    replacedBy: ["answered_wrong", "wrong_answers", "wrong_blocks"],
    appliesTo: () => true,
  },
];

/** @returns Of each group: its implicit budgets that are broken and that no budget takes the place of. */
export function brokenImplicitly(
  budgets: readonly Budget[],
  run: MeasuredRun,
): readonly BudgetVerdict[] {
  return politeGroups(run.groups).flatMap((group) =>
    rules
      .filter(({ appliesTo }) => appliesTo(group, run))
      .filter((rule) => !budgets.some((budget) => replaces(budget, rule, group.name, run)))
      .map(({ text }) => judgeBudget(parseBudget(text(group.name)), run))
      .filter(({ holds, seen }) => !holds && seen !== undefined),
  );
}

/**
 * Whether the group has sent requests, or had peers at the target that were to send some. Peers that had all in the
 * warm-up may end without a further answer.
 */
function wantsAnswers(group: GroupFacts, { totals }: MeasuredRun): boolean {
  const { plan, requests, unit } = groupAccounts(totals, group);
  const whole = { groups: [group.name], hasWarmUp: true };
  // Peers whose requests the target left unanswered in the warm-up may have sent nothing since.
  if (totals.count("answered", whole) > 0)
    return requests.requests > requests.abandoned || totals.count("unanswered", whole) > 0;
  const isLoad = unit === "actions" || group.isClosedLoad;
  return requests.requests > 0 || (isLoad && plan.sent + plan.not_unchoked > 0);
}

function replaces(
  { quantity }: Budget,
  { replacedBy }: ImplicitRule,
  group: string,
  run: MeasuredRun,
): boolean {
  const subject = subjectOf({ quantity });
  if (subject === undefined || !replacedBy.includes(subject.name)) return false;
  return partOf(subject.selection, quantity, run).groups?.includes(group) !== false;
}

/** The name that a budget judges, and of which groups and phases. */
function subjectOf({
  quantity,
}: Pick<Budget, "quantity">):
  | { readonly name: CounterName | "unanswered_share"; readonly selection: Selection }
  | undefined {
  switch (quantity.kind) {
    case "unanswered":
      return { name: "unanswered_share", selection: quantity.selection };
    case "total":
      return { name: quantity.term.counter, selection: quantity.term.selection };
    case "ratio":
      return { name: quantity.over.counter, selection: quantity.over.selection };
    default:
      return undefined;
  }
}
