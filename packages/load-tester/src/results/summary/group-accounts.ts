// The accounts of a group: sums that close.

import {
  type AccountName,
  type MeasureName,
  planEnds,
  requestEnds,
} from "../../measures/measures.ts";
import { isHostile, pacedMeasures } from "../measured-run.ts";
import type { RunTotals, TotalsPart } from "../merge/run-totals.ts";
import type { GroupFacts } from "../result.ts";

/** What is planned of a group: actions of an open load, else visits. */
export type PlanUnit = "actions" | "visits";

/** The accounts of a group. */
export interface GroupAccounts {
  readonly group: string;
  readonly unit: PlanUnit;
  /** planned = sent + not_unchoked + not_sent_target + not_sent_ours */
  readonly plan: Readonly<Record<"planned" | (typeof planEnds)[number], number>>;
  /** requests = answered + answered_wrong + requests_refused + abandoned + unanswered */
  readonly requests: Readonly<Record<"requests" | (typeof requestEnds)[number], number>>;
  /**
   * Of an open load: what was unanswered or, because of the target, not sent, among that and the right answers. Of others
   * the greater of two shares: unanswered requests, and visits without a connection or handshake. Undefined without any.
   */
  readonly unansweredShare: number | undefined;
}

/** @param part Phases; default: the whole run. */
export function groupAccounts(
  totals: Pick<RunTotals, "count">,
  { name, pace }: Pick<GroupFacts, "name" | "pace">,
  part: Pick<TotalsPart, "phases"> = {},
): GroupAccounts {
  const unit = unitOf({ pace });
  const own = { ...part, groups: [name] };
  const ofPlan = planPart(unit, own);
  const plan = counted(["planned", ...planEnds], (counter) => totals.count(counter, ofPlan));
  const requests = counted(["requests", ...requestEnds], (counter) => totals.count(counter, own));
  const { answered, unanswered } = requests;
  const share =
    unit === "actions"
      ? shareOf(unanswered + plan.not_sent_target, answered)
      : greater(shareOf(unanswered, answered), shareOf(plan.not_sent_target, plan.sent));
  return { group: name, unit, plan, requests, unansweredShare: share };
}

/** What is planned of a group. */
export function unitOf({ pace }: Pick<GroupFacts, "pace">): PlanUnit {
  return pace.startsWith("open") ? "actions" : "visits";
}

/** Peers that come in the warm-up are peers of the run. */
export function planPart(unit: PlanUnit, part: TotalsPart): TotalsPart {
  return { ...part, hasWarmUp: unit === "visits" };
}

/** The share that stands beside the percentiles of a measure: of what peers ask for at their pace, and of handshakes. */
export function shareBeside(
  measure: MeasureName,
  { unit, plan, requests, unansweredShare }: GroupAccounts,
): number | undefined {
  if (measure === "handshake" && unit === "visits") return shareOf(plan.not_sent_target, plan.sent);
  if (!pacedMeasures.has(measure)) return undefined;
  if (unit === "actions") return unansweredShare;
  return shareOf(requests.unanswered, requests.answered);
}

/** Groups that a target must answer. */
export function politeGroups(groups: readonly GroupFacts[]): readonly GroupFacts[] {
  return groups.filter((group) => !isHostile(group));
}

function counted<Name extends AccountName>(
  names: readonly Name[],
  count: (counter: AccountName) => number,
): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, count(name)])) as Record<Name, number>;
}

function shareOf(missing: number, there: number): number | undefined {
  return missing + there === 0 ? undefined : missing / (missing + there);
}

function greater(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.max(one, other);
}
