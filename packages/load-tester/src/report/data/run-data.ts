// The data of one run for its report, within a bound of size.

import { measuredRun } from "../../results/measured-run.ts";
import type { LoadTestResult } from "../../results/result.ts";
import { runFigures } from "../../results/summary/run-figures.ts";
import { countsInRun } from "../../scenario/warm-up.ts";
import { budgetData } from "./budgets.ts";
import { jsonText } from "./json-text.ts";
import { latencySeries } from "./latencies.ts";
import { outcomeOf } from "./outcome.ts";
import type { Columns, RunData, RunPlace } from "./report-data.ts";
import { columnsOf, gaugeSeries, processSeries, rateSeries } from "./seconds.ts";

/** Points of a plot over time; further seconds share points. */
const mostColumns = 600;
/** Seconds that a column may cover. */
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];
/** Characters of the scenario that are shown. The report says what it leaves out by this bound and the next. */
const mostScenarioCharacters = 48 * 1024;
const mostCountRows = 500;
const mostGroups = 64;
const mostBudgets = 200;

/**
 * The run as the page gets it.
 *
 * @param mostBytes Bound of the JSON: seconds are joined until it fits.
 */
export function runData(result: LoadTestResult, place: RunPlace, mostBytes: number): RunData {
  const kept = withinBounds(result);
  const facts = factsOf(kept.result, figuresOf(result, kept.result), place);
  const seconds = kept.result.seconds.length;
  let data: RunData | undefined;
  for (const step of steps) {
    const count = Math.ceil(seconds / step);
    if (count > mostColumns) continue;
    const columns = { count, seconds: step };
    data = {
      ...facts,
      ...overTime(kept.result, columns),
      omitted: omitted(kept.sentences, columns),
    };
    if (Buffer.byteLength(jsonText(data)) <= mostBytes) return data;
  }
  return data ?? { ...facts, ...overTime(kept.result, noColumns), omitted: kept.sentences };
}

const noColumns: Columns = { count: 0, seconds: 3600 };

function omitted(sentences: readonly string[], { seconds }: Columns): string[] {
  if (seconds === 1) return [...sentences];
  return [
    ...sentences,
    `Each point over time covers ${seconds} s: the mean p50 and p90, the highest p99 and max, the mean rate.`,
  ];
}

function factsOf(result: LoadTestResult, figures: RunData["figures"], place: RunPlace) {
  const { name, seed, startedAt, durationMs, phases, groups, targets, generators } = result;
  const { counts, scenario } = result;
  return {
    ...place,
    ...{ name, seed, startedAt, durationMs, phases, groups, targets, generators, counts, scenario },
    outcome: outcomeOf(result),
    budgets: result.budgets.map((budget) => budgetData(budget, groups)),
    figures,
  };
}

/** Figures of all latencies and counts, and of the groups that are shown. */
function figuresOf(result: LoadTestResult, { groups }: LoadTestResult): RunData["figures"] {
  const figures = runFigures({ ...measuredRun(result), groups });
  const { phases, busyRates, processes, polledShare, accounts } = figures;
  const latencies = figures.latencies.filter(shows({ groups }));
  return { latencies, phases, busyRates, processes, polledShare, accounts };
}

/** Series of the groups that are shown. */
function overTime(result: LoadTestResult, columns: Columns) {
  const byColumn = columnsOf(result.seconds, columns);
  const isShown = shows(result);
  return {
    columns,
    rates: rateSeries(byColumn).filter(isShown),
    gauges: gaugeSeries(byColumn).filter(isShown),
    latencies: latencySeries(byColumn, result.groups).filter(isShown),
    processes: processSeries(result, byColumn),
  };
}

/** The generators' own figures have the group "". */
function shows({ groups }: Pick<LoadTestResult, "groups">) {
  const names = new Set(["", ...groups.map(({ name }) => name)]);
  return ({ group }: { readonly group: string }): boolean => names.has(group);
}

/** What one report can show: the rest is left out and named. */
function withinBounds(result: LoadTestResult): { result: LoadTestResult; sentences: string[] } {
  const sentences: string[] = [];
  const note = (all: number, most: number, things: string) => {
    if (all > most)
      sentences.push(`${most} of ${all} ${things} are shown; the result file has all.`);
  };
  note(result.groups.length, mostGroups, "groups");
  note(result.counts.length, mostCountRows, "counts, the greatest,");
  note(result.budgets.length, mostBudgets, "budgets");
  note(result.scenario.length, mostScenarioCharacters, "characters of the scenario");
  const groups = result.groups.slice(0, mostGroups);
  const isShown = shows({ groups });
  const counts = result.counts
    .filter((one) => isShown(one) && countsInRun(one.counter, one.phase))
    .toSorted((a, b) => b.value - a.value);
  return {
    sentences,
    result: {
      ...result,
      groups,
      counts: counts.slice(0, mostCountRows),
      budgets: result.budgets.slice(0, mostBudgets),
      scenario: result.scenario.slice(0, mostScenarioCharacters),
    },
  };
}
