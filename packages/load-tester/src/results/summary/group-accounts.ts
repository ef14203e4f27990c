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

/** Units of a group's plan: actions of an open load, else visits. */
type PlanUnit = "actions" | "visits";

/** The accounts of a group. */
export interface GroupAccounts {
  readonly group: string;
  readonly unit: PlanUnit;
  /** planned = sent + not_unchoked + not_sent_target + not_sent_ours */
  readonly plan: Readonly<Record<"planned" | (typeof planEnds)[number], number>>;
  /** requests = answered + answered_wrong + requests_refused + abandoned + unanswered */
  readonly requests: Readonly<Record<"requests" | (typeof requestEnds)[number], number>>;
  readonly unanswered: UnansweredShares;
  /** The greatest of the shares. */
  readonly unansweredShare: number | undefined;
}

/** Parts that the target did not answer; undefined without any. */
interface UnansweredShares {
  /**
   * Share of the requests with a right answer or none; in an open load also of what was not sent because of the target.
   */
  readonly requests: number | undefined;
  /** Share of these requests' waiting time in which the target held up their lines. Undefined for an open load. */
  readonly waiting: number | undefined;
  /**
   * Share of visits without a connection or handshake, or at whose end the target owed answers. Undefined for an open
   * load.
   */
  readonly visits: number | undefined;
}

/** A target whose handshakes take longer than many visits cannot be distinguished from a silent one. */
const mostExcused = 0.1;

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
  const { answered, unanswered: lacking } = requests;
  const unanswered: UnansweredShares =
    unit === "actions"
      ? {
          requests: shareOf(lacking + plan.not_sent_target, answered),
          ...{ waiting: undefined, visits: undefined },
        }
      : {
          requests: shareOf(lacking, answered),
          waiting: waitingShare(totals, own),
          visits: visitShare(totals, plan, ofPlan),
        };
  const { requests: ofRequests, waiting, visits } = unanswered;
  const share = greatest([ofRequests, waiting, visits]);
  return { group: name, unit, plan, requests, unanswered, unansweredShare: share };
}

function waitingShare(totals: Pick<RunTotals, "count">, own: TotalsPart): number | undefined {
  const vainUs = totals.count("waited_in_vain_us", own);
  return shareOf(vainUs, totals.count("waited_us", own) - vainUs);
}

function visitShare(
  totals: Pick<RunTotals, "count">,
  { sent, not_sent_target: notSent }: GroupAccounts["plan"],
  ofPlan: TotalsPart,
): number | undefined {
  const excused = totals.count("visits_excused", ofPlan);
  const isMany = excused > mostExcused * (sent + notSent);
  const bad = notSent + totals.count("visits_owed", ofPlan) + (isMany ? excused : 0);
  return shareOf(bad, sent + notSent - bad);
}

/** Unit of a group's plan. */
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
  { unit, plan, unanswered }: GroupAccounts,
): number | undefined {
  if (measure === "handshake" && unit === "visits") return shareOf(plan.not_sent_target, plan.sent);
  if (!pacedMeasures.has(measure)) return undefined;
  return greatest([unanswered.requests, unanswered.waiting]);
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

function greatest(shares: readonly (number | undefined)[]): number | undefined {
  const known = shares.filter((share) => share !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
