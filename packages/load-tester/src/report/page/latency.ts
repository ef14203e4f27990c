// Latency over time: percentiles of each second, and a table of the percentiles of all latencies.

import type { LatencySeries, RunData } from "../data/report-data.ts";
import { chosen, optionsOf } from "./choices.ts";
import { element, loadMark, section } from "./elements.ts";
import { formatCount, formatMaximum, formatMicros, formatName, formatShare } from "./format.ts";
import { plotFigure } from "./plot.ts";
import { percentileLine } from "./series.ts";
import { table, type Cell } from "./table.ts";
import type { LineStyle } from "./theme.ts";

/** Percentiles of a second, from the slowest, and their styles. */
export const percentiles: readonly (readonly [of: "max" | "p99" | "p90" | "p50", LineStyle])[] = [
  ["max", { colour: "--p-max", dash: [2, 3], width: 1.5 }],
  ["p99", { colour: "--p-99", dash: [], width: 2 }],
  ["p90", { colour: "--p-90", dash: [8, 3], width: 2 }],
  ["p50", { colour: "--p-50", dash: [], width: 3 }],
];

/** The section; undefined without latencies. */
export function latency(runs: readonly RunData[]): HTMLElement | undefined {
  const measured = runs.flatMap(({ latencies }) => latencies.filter(({ group }) => group !== ""));
  if (measured.length === 0) return undefined;
  const sorted = measured.toSorted((one, other) => byInterest(runs, one, other));
  const keys = sorted.map(({ measure, group }) => JSON.stringify([measure, group]));
  const choices = [
    { label: "Latency", options: optionsOf(keys, (key) => titleOf(runs, key)) },
    {
      label: "Percentiles of",
      options: runs.map(({ label }, index) => [String(index), label] as const),
    },
  ];
  const body = chosen(choices, ([key = "", run = "0"]) => [
    ...(runs.length === 1 ? [] : [overlay(runs, key)]),
    ...percentilesOf(runs[Number(run)], key),
  ]);
  const lead =
    "An open load counts from the intended time of each request; a closed load asks less often while the target is slow, so its latencies look better than they are.";
  const [only] = runs;
  const tables = runs.length === 1 && only !== undefined ? [percentileTables(only)] : [];
  return section("Latency over time", lead, body, ...tables);
}

function titleOf(runs: readonly RunData[], key: string): string {
  const [measure = "", group = ""] = JSON.parse(key) as string[];
  const closed = loadOf(runs, measure, group) === "closed" ? " (closed)" : "";
  return `${formatName(measure)} · ${group}${closed}`;
}

/** Orders latencies: those of open loads, of closed loads, and others; those with more latencies first. */
export function byInterest(runs: readonly RunData[], one: Counted, other: Counted): number {
  const rank = ({ measure, group }: Counted) =>
    ["open", "closed", undefined].indexOf(loadOf(runs, measure, group));
  return rank(one) - rank(other) || other.count - one.count;
}

/** A measure and group with its number of latencies. */
interface Counted {
  readonly measure: string;
  readonly group: string;
  readonly count: number;
}

/** `open` or `closed`, for latencies that depend on the pace of their group. */
export function markOf(
  runs: readonly RunData[],
  measure: string,
  group: string,
): HTMLElement | undefined {
  const load = loadOf(runs, measure, group);
  return load === undefined ? undefined : loadMark(load === "closed");
}

function loadOf(runs: readonly RunData[], measure: string, group: string): LatencySeries["load"] {
  const all = runs.flatMap(({ latencies }) => latencies);
  return all.find((series) => series.measure === measure && series.group === group)?.load;
}

function find(run: RunData, key: string): LatencySeries[] {
  const [measure, group] = JSON.parse(key) as string[];
  return run.latencies.filter((series) => series.measure === measure && series.group === group);
}

function percentilesOf(run: RunData | undefined, key: string): HTMLElement[] {
  if (run === undefined) return [];
  return find(run, key).map((series) => {
    const { measure, group, count, load } = series;
    const lines = percentiles.map(([of, style]) => percentileLine(run, [series], of, style));
    const notes = lines.map(({ label, note }) => `${label} ${note}`).join(", ");
    return plotFigure({
      title: `Percentiles of each second: ${formatName(measure)}, ${group}${run.label === "" ? "" : `, ${run.label}`}`,
      summary: `${load === "closed" ? "Closed load. " : ""}${formatCount(count)} latencies; ${notes}`,
      marks: [markOf([run], measure, group)],
      lines,
      format: formatMicros,
      isLog: true,
      runs: [run],
    });
  });
}

/** The p99 of each run over the others. */
function overlay(runs: readonly RunData[], key: string): HTMLElement {
  const [measure = "", group = ""] = JSON.parse(key) as string[];
  return plotFigure({
    title: `p99 of each second, run over run: ${titleOf(runs, key)}`,
    marks: [markOf(runs, measure, group)],
    lines: runs.flatMap((run) =>
      find(run, key).map((series) => percentileLine(run, [series], "p99", undefined)),
    ),
    format: formatMicros,
    isLog: true,
    runs,
  });
}

/** Percentiles of all latencies: of the whole run, and of each phase. */
function percentileTables(run: RunData): HTMLElement {
  const { latencies, phases } = run.figures;
  const names = [["", "whole run"] as const, ...phases.map(({ name }) => [name, name] as const)];
  const choices = [{ label: "Phase", options: phases.length < 2 ? names.slice(0, 1) : names }];
  return chosen(choices, ([phase = ""]) => {
    const shown = phases.find(({ name }) => name === phase)?.latencies ?? latencies;
    const rows = shown
      .toSorted((one, other) => byInterest([run], one, other))
      .map(({ measure, group, count, ...one }): Cell[] => [
        group === "" ? `${formatName(measure)} of the generator` : formatName(measure),
        group,
        markOf([run], measure, group) ?? "",
        { number: formatCount(count) },
        { number: formatMicros(one.p50) + formatMaximum(50, count) },
        { number: formatMicros(one.p90) + formatMaximum(90, count) },
        { number: formatMicros(one.p99) + formatMaximum(99, count) },
        { number: formatMicros(one.p999) + formatMaximum(99.9, count) },
        { number: formatMicros(one.max) },
        { number: one.unansweredShare === undefined ? "–" : formatShare(one.unansweredShare) },
      ]);
    const heads = ["p50", "p90", "p99", "p99.9", "max", "unanswered"];
    return rows.length === 0
      ? [element("p", { class: "facts" }, "No latencies in this phase.")]
      : [table("Percentiles", ["latency", "group", "load", "number", ...heads], rows)];
  });
}
