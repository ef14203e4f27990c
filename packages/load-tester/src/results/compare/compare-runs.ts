// Compares runs of one scenario: before a change, and after it.

import { TroupeError } from "@troupe/control";
import { dimensionOf, type Budget, type Dimension, type Quantity } from "../../budgets/budget.ts";
import { checkBudget, namesOfRuns } from "../../budgets/check-budget.ts";
import { compare } from "../../budgets/judge-budget.ts";
import { parseRatioBudget } from "../../budgets/parse-budget.ts";
import { valuesOf } from "../../budgets/run-values.ts";
import { measureNames, type MeasureName } from "../../measures/measures.ts";
import {
  isClosedLatency,
  isHostile,
  measuredRun,
  pacedMeasures,
  type MeasuredRun,
} from "../measured-run.ts";
import type { LoadTestResult } from "../result.ts";
import { politeGroups } from "../summary/group-accounts.ts";
import { isMaximum } from "../summary/too-few.ts";
import { comparedRuns, spellComparedRun, type ComparedRun } from "./compared-runs.ts";
import { checkText, isWorse, seenText, type DefaultCheck } from "./default-checks.ts";
import { newlyBroken } from "./newly-broken.ts";
import { ratioOf, type Ratio } from "./side-values.ts";

/** A comparison of two sides, each of one or more runs. */
export interface RunComparison {
  /** Each run by itself, those of `before` first. A run that proves nothing fails the comparison, whatever the checks say. */
  readonly runs: readonly ComparedRun[];
  readonly rows: readonly ComparisonRow[];
  /** Given budgets; without any, the default checks. Broken ones first. */
  readonly verdicts: readonly RatioVerdict[];
  /** Sentences on what makes the sides unequal, and on broken budgets of the runs themselves. */
  readonly remarks: readonly string[];
}

/** A value of both sides. */
export interface ComparisonRow extends Ratio {
  /** A budget's left side: `request_block{leech}.p99`. */
  readonly name: string;
  readonly dimension: Dimension;
  /** Latencies of a closed load. */
  readonly isClosedLoad: boolean;
  /** A percentile that is the slowest latency of a run: of so many. Undefined: there are enough latencies. */
  readonly maximumOf: number | undefined;
}

/** A budget on a ratio, or a default check. */
export interface RatioVerdict {
  /** Check as written, or `request_block{group=leech}.p50 <= 2.5`. */
  readonly text: string;
  /** Undefined: a side has no value, which breaks the budget, or the check is about no value. */
  readonly seen: Ratio | undefined;
  /** Values of a check that judges no ratio, in words. */
  readonly seenText: string | undefined;
  readonly holds: boolean;
}

/** Longest list of runs of a side. */
const mostRuns = 100;
const percentiles = ["p10", "p50", "p90", "p99", "p99.9"] as const;
/** Other work on the machine makes slow latencies slower: the fast ones show the target itself. */
const checkedPercentiles: readonly string[] = ["p10", "p50"];

/**
 * Compares the sides.
 *
 * @param budgets On ratios, `after` by `before`; empty: the checks of default-checks.ts.
 * @throws TroupeError `budget-malformed`, `option-out-of-range` for a side without runs or with more than 100.
 */
export function compareRuns(
  before: readonly LoadTestResult[],
  after: readonly LoadTestResult[],
  budgets: readonly string[] = [],
): RunComparison {
  for (const side of [before, after]) checkCount(side);
  const runs = comparedRuns(before, after);
  const sides = [before.map(measuredRun), after.map(measuredRun)] as const;
  const parsed = budgets.map(parseRatioBudget);
  for (const budget of parsed) checkBudget(budget, namesOfRuns(...sides.flat()));
  const rows = rowsOf(sides);
  return {
    runs,
    rows: rows.map(({ check: _check, ...row }) => row),
    verdicts: brokenFirst(
      parsed.length === 0
        ? [...defaultVerdicts(rows), ...lostLatencies(sides), ...budgetVerdicts(before, after)]
        : parsed.map((budget) => judgeRatio(budget, sides)),
    ),
    remarks: remarksOf([...before, ...after], runs),
  };
}

type Sides = readonly [before: readonly MeasuredRun[], after: readonly MeasuredRun[]];

type CheckedRow = ComparisonRow & { readonly check: DefaultCheck | undefined };

function brokenFirst(verdicts: readonly RatioVerdict[]): RatioVerdict[] {
  return verdicts.toSorted((one, other) => Number(one.holds) - Number(other.holds));
}

function checkCount(runs: readonly LoadTestResult[]): void {
  if (runs.length >= 1 && runs.length <= mostRuns) return;
  const message = `a side of a comparison has 1 to ${mostRuns} runs, not ${runs.length}`;
  throw new TroupeError("option-out-of-range", message);
}

function judgeRatio(budget: Budget, sides: Sides): RatioVerdict {
  const { text, comparison, bound } = budget;
  const seen = ratioIn(budget.quantity, sides);
  const holds = seen !== undefined && compare(seen.ratio, comparison, bound.offset);
  return { text, seen, seenText: undefined, holds };
}

function defaultVerdicts(rows: readonly CheckedRow[]): RatioVerdict[] {
  // Runs that measured nothing show no change, and no lack of one.
  if (rows.length === 0) return [notMeasured(checkText("throughput", "throughput.mean"))];
  return rows.flatMap(({ check, name, ...seen }) =>
    check === undefined
      ? []
      : [
          {
            ...{ text: checkText(check, name), seen, seenText: seenText(check, seen) },
            holds: !isWorse(check, seen),
          },
        ],
  );
}

function notMeasured(text: string): RatioVerdict {
  return { text, seen: undefined, seenText: undefined, holds: false };
}

/** Broken budgets of the runs themselves, as far as the change has broken them. */
function budgetVerdicts(
  before: readonly LoadTestResult[],
  after: readonly LoadTestResult[],
): RatioVerdict[] {
  return newlyBroken(before, after).map((broken) => ({
    ...{ text: `budget of the runs: ${broken.text}`, seen: undefined },
    ...{ seenText: broken.seenText, holds: false },
  }));
}

/** Latencies of answers that the side after has none of: a target that answers nothing is no faster than before. */
function lostLatencies([before, after]: Sides): RatioVerdict[] {
  const honest = after.flatMap(({ groups }) => groups.filter((group) => !isHostile(group)));
  return [...new Set(honest.map(({ name }) => name))].flatMap((group) =>
    [...pacedMeasures]
      .filter((measure) => {
        // Without an answer a request has its age as its latency.
        const has = ({ totals }: MeasuredRun) =>
          totals.groupsWith(measure).includes(group) &&
          totals.count("answered", { groups: [group] }) > 0;
        return before.every(has) && !after.some(has);
      })
      .map((measure) => notMeasured(checkText("latency", `${measure}{group=${group}}.p50`))),
  );
}

/** Groups that a target must answer. */
function politeNames(runs: readonly MeasuredRun[]): string[] {
  return [...new Set(runs.flatMap(({ groups }) => politeGroups(groups).map(({ name }) => name)))];
}

/** Rows of each latency that both sides have; then of rates and use. */
function rowsOf(sides: Sides): CheckedRow[] {
  const runs = sides.flat();
  const latencies = measureNames.flatMap((measure) => {
    const groups = new Set(runs.flatMap(({ totals }) => totals.groupsWith(measure)));
    return [...groups].flatMap((group) => latencyRows(measure, group, sides));
  });
  const others = [
    row("throughput.mean", "throughput", sides),
    ...namesOfRuns(...runs).targets.flatMap((name) => [
      row(`target{target=${name}}.cpu.per_gib`, "cpu", sides),
      row(`target{target=${name}}.rss.max`, undefined, sides),
    ]),
    row("errors", undefined, sides),
    ...politeNames(runs).map((name) => row(`unanswered_share{group=${name}}`, "unanswered", sides)),
    row("own.cpu.mean", undefined, sides),
  ];
  return [...latencies, ...others.filter((one) => one !== undefined)];
}

function latencyRows(measure: MeasureName, group: string, sides: Sides): CheckedRow[] {
  const facts = sides
    .flat()
    .flatMap(({ groups }) => groups)
    .find(({ name }) => name === group);
  // A target may treat hostile peers as it likes, and the generator's own measures have no group.
  const isChecked = facts !== undefined && !isHostile(facts);
  const selection = group === "" ? "" : `{group=${group}}`;
  return percentiles.flatMap((percentile) => {
    const check = isChecked && checkedPercentiles.includes(percentile) ? "latency" : undefined;
    const one = row(`${measure}${selection}.${percentile}`, check, sides);
    if (one === undefined) return [];
    const fewest = fewestOf(measure, group, sides);
    const maximumOf = isMaximum(Number(percentile.slice(1)), fewest) ? fewest : undefined;
    return [{ ...one, isClosedLoad: isClosedLatency(measure, facts), maximumOf }];
  });
}

/** Fewest latencies of the group in any run that has some. */
function fewestOf(measure: MeasureName, group: string, sides: Sides): number {
  const counts = sides
    .flat()
    .map(({ totals }) => totals.histogram(measure, { groups: [group] }).count)
    .filter((count) => count > 0);
  return Math.min(...counts);
}

function row(name: string, check: DefaultCheck | undefined, sides: Sides): CheckedRow | undefined {
  const quantity = quantityOf(name);
  const ratio = ratioIn(quantity, sides);
  if (ratio === undefined) return undefined;
  const plain = { isClosedLoad: false, maximumOf: undefined };
  return { name, dimension: dimensionOf(quantity), ...plain, check, ...ratio };
}

/** A name of ours, read by the parser of budgets: a row can be written as a budget. */
function quantityOf(name: string): Quantity {
  return parseRatioBudget(`${name} < 1`).quantity;
}

function ratioIn(quantity: Quantity, [before, after]: Sides): Ratio | undefined {
  return ratioOf(sideValues(quantity, before), sideValues(quantity, after));
}

/** Values of each run; of several targets, the greatest. */
function sideValues(quantity: Quantity, runs: readonly MeasuredRun[]): number[] {
  return runs.flatMap((run) => {
    const values = valuesOf(quantity, run).map(({ value }) => value);
    return values.length === 0 ? [] : [Math.max(...values)];
  });
}

function remarksOf(all: readonly LoadTestResult[], runs: readonly ComparedRun[]): string[] {
  const remarks: string[] = [];
  if (new Set(all.map(({ scenario }) => scenario)).size > 1)
    remarks.push("the runs have different scenarios");
  if (new Set(all.map(({ seed }) => seed)).size > 1) remarks.push("the runs have different seeds");
  for (const run of runs) {
    if (run.verdict !== "budget-broken") continue;
    remarks.push(`${spellComparedRun(run)} did not pass by itself: ${run.reason}`);
  }
  return remarks;
}
