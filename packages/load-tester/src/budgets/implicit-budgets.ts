// Budgets that hold for each group without being written: a target answers, and answers right.

import type { CounterName } from "../measures/measures.ts";
import type { MeasuredRun } from "../results/measured-run.ts";
import type { BudgetVerdict, GroupFacts } from "../results/result.ts";
import { groupAccounts, politeGroups } from "../results/summary/group-accounts.ts";
import { warmUpPhase } from "../scenario/warm-up.ts";
import type { Budget, Selection } from "./budget.ts";
import type { Selected } from "./check-budget.ts";
import { judgeBudget } from "./judge-budget.ts";
import { parseBudget } from "./parse-budget.ts";
import { partOf } from "./run-values.ts";

/** Further phases are not judged: a budget names at most 40 things. */
const mostPhases = 39;

/** An implicit budget of each group. */
interface ImplicitRule {
  /** @param part The group, and phases if it is not the whole run: the names in braces. */
  readonly text: (part: string) => string;
  /** A budget with a bound of this side on one of these takes the place of the rule, in the phases that it names. */
  readonly replacedBy: readonly (CounterName | "unanswered_share")[];
  readonly side: "<" | ">";
  readonly appliesTo: (group: GroupFacts, run: MeasuredRun) => boolean;
}

const rules: readonly ImplicitRule[] = [
  {
    text: (part) => `unanswered_share{${part}} <= 1%`,
    side: "<",
    replacedBy: ["unanswered_share", "unanswered", "not_sent_target"],
    appliesTo: () => true,
  },
  {
    text: (part) => `answered{${part}} >= 1`,
    side: ">",
    replacedBy: ["answered"],
    appliesTo: wantsAnswers,
  },
  {
    text: (part) => `answered_wrong{${part}} / requests{${part}} <= 1%`,
    side: "<",
    replacedBy: ["answered_wrong", "wrong_answers", "wrong_blocks"],
    appliesTo: () => true,
  },
  {
    text: (part) => `repeats{${part}} / requests{${part}} <= 1%`,
    side: "<",
    replacedBy: ["repeats"],
    appliesTo: () => true,
  },
];

/** @returns Broken implicit budgets of each group, in the phases in which no budget takes their place. */
export function brokenImplicitly(
  budgets: readonly Budget[],
  run: MeasuredRun,
): readonly BudgetVerdict[] {
  return politeGroups(run.groups).flatMap((group) =>
    rules
      .filter(({ appliesTo }) => appliesTo(group, run))
      .flatMap((rule) => textOf(rule, group.name, budgets, run) ?? [])
      .map((text) => judgeBudget(parseBudget(text), run))
      .filter(({ holds, seen }) => !holds && seen !== undefined),
  );
}

/** @returns Undefined: other budgets have taken the place of the rule. */
function textOf(
  rule: ImplicitRule,
  group: string,
  budgets: readonly Budget[],
  run: MeasuredRun,
): string | undefined {
  const replacing = budgets
    .map((budget) => replacedPart(budget, rule, run))
    .filter((part) => part !== undefined && part.groups?.includes(group) !== false);
  if (replacing.length === 0) return rule.text(`group=${group}`);
  // One right answer anywhere in the run is enough, so that such a budget replaces the rule in all phases.
  if (rule.side === ">" || replacing.some((part) => part?.phases === undefined)) return undefined;
  const replaced = new Set(replacing.flatMap((part) => part?.phases ?? []));
  const left = run.phases
    .map(({ name }) => name)
    .filter((name) => name !== warmUpPhase && !replaced.has(name))
    .slice(0, mostPhases);
  if (left.length === 0) return undefined;
  return rule.text([`group=${group}`, ...left.map((name) => `phase=${name}`)].join(","));
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

/** Where a budget takes the place of a rule; undefined: nowhere. */
function replacedPart(
  { quantity, comparison }: Budget,
  { replacedBy, side }: ImplicitRule,
  run: MeasuredRun,
): Selected | undefined {
  const subject = subjectOf({ quantity });
  if (subject === undefined || !comparison.startsWith(side)) return undefined;
  return replacedBy.includes(subject.name) ? partOf(subject.selection, quantity, run) : undefined;
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
