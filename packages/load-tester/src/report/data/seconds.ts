// Seconds of a run as columns of series.

import type { GaugeName } from "../../measures/measures.ts";
import { gaugeNames } from "../../measures/measures.ts";
import type { LoadTestResult, ProcessUse, Second } from "../../results/result.ts";
import { encodeSeries } from "./codes.ts";
import type { Columns, GaugeSeries, ProcessSeries, RateSeries } from "./report-data.ts";

/** Seconds that each column covers. */
export type SecondsByColumn = readonly (readonly Second[])[];

/** Divides the seconds of a run into columns. */
export function columnsOf(seconds: readonly Second[], columns: Columns): SecondsByColumn {
  const byColumn: Second[][] = Array.from({ length: columns.count }, () => []);
  for (const second of seconds) byColumn[Math.floor(second.second / columns.seconds)]?.push(second);
  return byColumn;
}

/** Growth a second of each counter and group that grows at all. */
export function rateSeries(byColumn: SecondsByColumn): RateSeries[] {
  return keysOf(byColumn, countKeys).map(([counter, group]) => ({
    counter,
    group,
    values: encodeSeries(
      byColumn.map((column) => mean(column.map(({ counts }) => counts[counter]?.[group] ?? 0))),
    ),
  }));
}

function countKeys({ counts }: Second): (readonly [string, string])[] {
  return Object.entries(counts).flatMap(([counter, byGroup]) =>
    Object.keys(byGroup ?? {}).map((group) => [counter, group] as const),
  );
}

/** Peers in each state that any peer of the group was in, at the end of each column. */
export function gaugeSeries(byColumn: SecondsByColumn): GaugeSeries[] {
  const groups = new Set(
    byColumn.flatMap((column) => column.flatMap(({ gauges }) => Object.keys(gauges))),
  );
  return [...groups].flatMap((group) =>
    gaugeNames.flatMap((state) => gaugeOf(byColumn, group, state)),
  );
}

function gaugeOf(byColumn: SecondsByColumn, group: string, state: GaugeName): GaugeSeries[] {
  const values = byColumn.map((column) => column.at(-1)?.gauges[group]?.[state]);
  return values.some((value) => (value ?? 0) > 0)
    ? [{ group, state, values: encodeSeries(values) }]
    : [];
}

/** Processes of targets, and the generators' own under the name "". */
export function processSeries(result: LoadTestResult, byColumn: SecondsByColumn): ProcessSeries[] {
  const names = result.targets.map(({ name }) => name);
  return ["", ...names].flatMap((name) => {
    const uses = byColumn.map((column) =>
      column.flatMap(({ own, targets }) => (name === "" ? own : (targets[name] ?? []))),
    );
    return uses.some((use) => use.length > 0) ? [processOf(name, uses)] : [];
  });
}

function processOf(name: string, uses: readonly (readonly ProcessUse[])[]): ProcessSeries {
  const most = (value: (use: ProcessUse) => number) =>
    encodeSeries(uses.map((use) => (use.length === 0 ? undefined : Math.max(...use.map(value)))));
  return {
    name,
    cpu: encodeSeries(uses.map((use) => mean(use.map(({ cpuMs }) => cpuMs)))),
    rss: most(({ rssBytes }) => rssBytes),
    descriptors: most(({ descriptors }) => descriptors),
  };
}

/** Pairs that any second has, each once, in order of their first second. */
function keysOf(
  byColumn: SecondsByColumn,
  keys: (second: Second) => readonly (readonly [string, string])[],
): (readonly [string, string])[] {
  const seen = new Map<string, readonly [string, string]>();
  for (const second of byColumn.flat()) {
    for (const pair of keys(second)) seen.set(JSON.stringify(pair), pair);
  }
  return [...seen.values()];
}

/** Undefined for no values. */
function mean(values: readonly number[]): number | undefined {
  return values.length === 0
    ? undefined
    : values.reduce((sum, value) => sum + value, 0) / values.length;
}
