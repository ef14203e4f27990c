// The data of one run for its report, within a bound of size.

import { RunTotals } from "../../results/merge/run-totals.ts";
import type { LoadTestResult } from "../../results/result.ts";
import { groupAccounts, shareBeside } from "../../results/summary/group-accounts.ts";
import { countsInRun, warmUpPhase } from "../../scenario/warm-up.ts";
import { budgetData } from "./budgets.ts";
import { jsonText } from "./json-text.ts";
import { latencySeries } from "./latencies.ts";
import { loadsOf } from "./loads.ts";
import { ninesSeries } from "./nines.ts";
import { outcomeOf } from "./outcome.ts";
import type { Columns, CountRow, RunData } from "./report-data.ts";
import { columnsOf, gaugeSeries, processSeries, rateSeries } from "./seconds.ts";

/** Points of a plot over time; further seconds share points. */
const mostColumns = 600;
/** Columns of a heat map. */
const mostHeatColumns = 300;
/** Seconds that a column may cover. */
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];
const mostScenarioCharacters = 48 * 1024;
const mostCountRows = 500;
const mostGroups = 64;
const mostBudgets = 200;

/**
 * The run as the page gets it.
 *
 * @param mostBytes Bound of the JSON: seconds are joined until it fits.
 */
export function runData(result: LoadTestResult, label: string, mostBytes: number): RunData {
  const kept = withinBounds(result);
  const facts = factsOf(kept.result, label);
  const seconds = kept.result.seconds.length;
  let data: RunData | undefined;
  for (const step of steps) {
    const count = Math.ceil(seconds / step);
    if (count > mostColumns) continue;
    const columns = { count, seconds: step, heat: Math.ceil(count / mostHeatColumns) || 1 };
    data = {
      ...facts,
      ...overTime(kept.result, columns),
      omitted: omitted(kept.sentences, columns),
    };
    if (Buffer.byteLength(jsonText(data)) <= mostBytes) return data;
  }
  return data ?? { ...facts, ...overTime(kept.result, noColumns), omitted: kept.sentences };
}

/** Counters alone. */
function totalsOf({ counts }: LoadTestResult): RunTotals {
  return RunTotals.ofResult({ histograms: [], counts });
}

function shareIn(result: LoadTestResult): Parameters<typeof ninesSeries>[1] {
  const { groups } = result;
  const totals = totalsOf(result);
  return ({ measure, group, phase }) => {
    const facts = groups.find(({ name }) => name === group);
    const part = phase === "" ? {} : { phases: [phase] };
    return facts && shareBeside(measure, groupAccounts(totals, facts, part));
  };
}

const noColumns: Columns = { count: 0, seconds: 3600, heat: 1 };

function omitted(sentences: readonly string[], { seconds }: Columns): string[] {
  if (seconds === 1) return [...sentences];
  return [
    ...sentences,
    `Each point over time covers ${seconds} s: the mean p50 and p90, the highest p99 and max, the mean rate.`,
  ];
}

function factsOf(result: LoadTestResult, label: string) {
  const { name, seed, startedAt, durationMs, groups, targets, generators } = result;
  const phases = result.phases.map((phase) => ({ ...phase, isWarmUp: phase.name === warmUpPhase }));
  return {
    label,
    ...{ name, seed, startedAt, durationMs, phases, groups, targets, generators },
    outcome: outcomeOf(result),
    budgets: result.budgets.map((budget) => budgetData(budget, groups)),
    counts: result.counts.map(({ counter, group, phase, label, value }): CountRow => [
      counter,
      group,
      phase,
      label,
      value,
    ]),
    scenario: result.scenario,
    accounts: groups.map((group) => groupAccounts(totalsOf(result), group)),
    nines: ninesSeries(result.histograms, shareIn(result)),
    loads: loadsOf(result),
  };
}

function overTime(result: LoadTestResult, columns: Columns) {
  const byColumn = columnsOf(result.seconds, columns);
  return {
    columns,
    rates: rateSeries(byColumn),
    gauges: gaugeSeries(byColumn),
    latencies: latencySeries(byColumn, columns),
    processes: processSeries(result, byColumn),
  };
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
  const names = new Set(["", ...groups.map(({ name }) => name)]);
  const isShown = ({ group }: { readonly group: string }) => names.has(group);
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
      histograms: result.histograms.filter(isShown),
      seconds:
        result.groups.length <= mostGroups
          ? result.seconds
          : result.seconds.map((second) => ({
              ...second,
              latencies: second.latencies.filter(isShown),
              counts: Object.fromEntries(
                Object.entries(second.counts).map(([counter, byGroup]) => [
                  counter,
                  only(byGroup ?? {}, names),
                ]),
              ),
              gauges: only(second.gauges, names),
            })),
    },
  };
}

function only<Value>(
  values: Readonly<Record<string, Value>>,
  names: ReadonlySet<string>,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
}
