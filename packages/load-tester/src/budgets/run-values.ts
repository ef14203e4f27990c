// The value of a quantity in a run.

import type { CounterName } from "../measures/measures.ts";
import { isHostile, type MeasuredRun } from "../results/measured-run.ts";
import { groupAccounts, politeGroups, unitOf } from "../results/summary/group-accounts.ts";
import type { TotalsPart } from "../results/merge/run-totals.ts";
import type { CounterTerm, Quantity, Selection } from "./budget.ts";
import { namesOfRuns, select, type Selected } from "./check-budget.ts";
import { processValue } from "./process-values.ts";
import { growthOf, secondsOf, statisticOf } from "./second-statistics.ts";

/** Counters that count a failed attempt. */
const failures = [
  "refused",
  "closed_by_target",
  "wrong_blocks",
  "wrong_answers",
  "requests_refused",
  "unanswered",
  "lost_peers",
] as const satisfies readonly CounterName[];

/** Counters that count an attempt. */
const attempts = ["arrived", "requests"] as const satisfies readonly CounterName[];

/** A value, and the memory that `base` stands for. */
export interface SeenValue {
  readonly value: number;
  /** Undefined: not measured, or not asked for. */
  readonly base: number | undefined;
}

/**
 * The values that a budget is about: of each target for `target`, else one.
 *
 * @returns Empty when nothing was measured.
 */
export function valuesOf(quantity: Quantity, run: MeasuredRun): readonly SeenValue[] {
  if (quantity.kind === "process") return processValue(quantity, run);
  const value = valueOf(quantity, run);
  return value === undefined ? [] : [{ value, base: undefined }];
}

function valueOf(
  quantity: Exclude<Quantity, { kind: "process" }>,
  run: MeasuredRun,
): number | undefined {
  const part = (selection: Selection) => partOf(selection, quantity, run);
  switch (quantity.kind) {
    case "latency":
      return latencyOf(quantity, part(quantity.selection), run);
    case "total":
      return run.totals.count(quantity.term.counter, part(quantity.term.selection));
    case "ratio": {
      const count = (term: CounterTerm) => run.totals.count(term.counter, part(term.selection));
      return share(count(quantity.over), count(quantity.under));
    }
    case "errors":
      return errorsOf(part(quantity.selection), run);
    case "unanswered":
      return unansweredOf(part(quantity.selection), run);
    case "rate":
      return rateOf(quantity, part(quantity.selection), run);
  }
}

/** Names of groups and phases by their kinds. */
export function partOf(selection: Selection, quantity: Quantity, run: MeasuredRun): Selected {
  return select(selection, quantity, namesOfRuns(run));
}

function latencyOf(
  { measure, statistic }: Extract<Quantity, { kind: "latency" }>,
  part: TotalsPart,
  run: MeasuredRun,
): number | undefined {
  const histogram = run.totals.histogram(measure, part);
  if (statistic.kind === "count") return histogram.count;
  if (histogram.count === 0) return undefined;
  switch (statistic.kind) {
    case "percentile":
      return histogram.percentile(statistic.percent);
    case "max":
      return histogram.maxUs;
    case "mean":
      return histogram.sumUs / histogram.count;
  }
}

/** Without groups of their own, hostile groups are left out: a target refuses them rightly. */
function errorsOf(part: Selected, run: MeasuredRun): number | undefined {
  const polite = run.groups.filter((group) => !isHostile(group)).map(({ name }) => name);
  const counted = { phases: part.phases, groups: part.groups ?? polite };
  const sum = (counters: readonly CounterName[]): number =>
    counters.reduce((all, counter) => all + run.totals.count(counter, counted), 0);
  const notSent = notSentOf(counted, run);
  return share(sum(failures) + notSent, sum(attempts) + notSent);
}

/** Actions that the target kept from being sent; a visit without a connection counts as refused or closed. */
function notSentOf({ groups, phases }: TotalsPart, run: MeasuredRun): number {
  const open = run.groups.filter((group) => unitOf(group) === "actions").map(({ name }) => name);
  const own = open.filter((name) => groups?.includes(name) !== false);
  return run.totals.count("not_sent_target", { phases, groups: own });
}

/** Returns the greatest share of several groups. */
function unansweredOf(part: Selected, run: MeasuredRun): number | undefined {
  const groups =
    part.groups === undefined
      ? politeGroups(run.groups)
      : run.groups.filter(({ name }) => part.groups?.includes(name));
  const shares = groups
    .map((group) => groupAccounts(run.totals, group, part).unansweredShare)
    .filter((each) => each !== undefined);
  return shares.length === 0 ? undefined : Math.max(...shares);
}

function rateOf(
  { counters, statistic }: Extract<Quantity, { kind: "rate" }>,
  part: Selected,
  run: MeasuredRun,
): number | undefined {
  const seconds = secondsOf(run, part.phases);
  return statisticOf(
    seconds.map((second) => growthOf(second, counters, part.groups)),
    statistic,
  );
}

function share(over: number, under: number): number | undefined {
  return under === 0 ? undefined : over / under;
}
