// Latency by nines: how slow the slowest tenth, hundredth, thousandth … is.

import type { NinesSeries } from "../data/report-data.ts";
import { chosen, optionsOf } from "./choices.ts";
import { decodeSeries } from "./decode.ts";
import { section } from "./elements.ts";
import { formatCount, formatMicros, formatName, formatShare } from "./format.ts";
import { byInterest, isClosed, marksOf } from "./latency.ts";
import type { XAxis } from "./plot-spec.ts";
import { plotFigure } from "./plot.ts";
import type { Line, RunView } from "./series.ts";
import { table, type Cell } from "./table.ts";
import { lineStyle } from "./theme.ts";

const pointsPerNine = 8;
const percentNames = ["p50", "p90", "p99", "p99.9", "p99.99", "max"];

const ninesAxis: XAxis = {
  label: "percentile",
  format: percentOf,
  splits: (most) => Array.from({ length: Math.floor(most) + 1 }, (_, nine) => nine),
};

/** Of a number of nines: `99.9 %`. */
function percentOf(nines: number): string {
  const share = 100 - 100 / 10 ** nines;
  return `${Number(share.toFixed(Math.max(0, Math.ceil(nines) - 1) + (Number.isInteger(nines) ? 0 : 1)))} %`;
}

/** The section; undefined without latencies. */
export function nines(runs: readonly RunView[]): HTMLElement | undefined {
  const all = runs.flatMap(({ data }) => data.nines.filter(({ group }) => group !== ""));
  if (all.length === 0) return undefined;
  const isCompared = runs.length > 1;
  const whole = all
    .filter(({ phase }) => phase === "")
    .toSorted((one, other) => byInterest(runs, one, other));
  const keys = isCompared
    ? whole.map(({ measure, group }) => JSON.stringify([measure, group]))
    : whole.map(({ measure }) => JSON.stringify([measure]));
  const phases = [
    ["", "whole run"] as const,
    ...optionsOf(
      all.map(({ phase }) => phase).filter((phase) => phase !== ""),
      (phase) => phase,
    ),
  ];
  const choices = [
    { label: "Latency", options: optionsOf(keys, (key) => textOf(runs, key)) },
    { label: "Phase", options: phases },
  ];
  const body = chosen(choices, ([key = "[]", phase = ""]) => [
    figure(runs, key, phase),
    ...(isCompared ? [] : [percentilesTable(runs, phase)]),
  ]);
  const lead =
    "Each step to the right is ten times rarer: at 99.9 % one latency of a thousand is slower than the line.";
  return section("Latency by nines", lead, body);
}

function textOf(runs: readonly RunView[], key: string): string {
  const [measure = "", group] = JSON.parse(key) as string[];
  return group === undefined
    ? formatName(measure)
    : `${formatName(measure)} · ${group}${isClosed(runs, measure, group) ? " (closed)" : ""}`;
}

function figure(runs: readonly RunView[], key: string, phase: string): HTMLElement {
  const [measure = "", group] = JSON.parse(key) as string[];
  const lines = runs.flatMap((run) =>
    run.data.nines
      .filter(
        (series) =>
          series.measure === measure &&
          series.phase === phase &&
          (group === undefined || series.group === group),
      )
      .map((series) => lineOf(runs, run, series)),
  );
  return plotFigure({
    title: `${textOf(runs, key)} by nines${phase === "" ? "" : `, phase ${phase}`}`,
    summary: lines.map(({ label, note }) => `${label}: ${note}`).join("; "),
    marks: group === undefined ? [] : marksOf(runs, measure, group),
    lines,
    format: formatMicros,
    height: 320,
    isLog: true,
    x: ninesAxis,
  });
}

function lineOf(runs: readonly RunView[], run: RunView, series: NinesSeries): Line {
  const isCompared = runs.length > 1;
  const count = series.values.length / 2;
  const index = run.data.groups.findIndex(({ name }) => name === series.group);
  return {
    label: isCompared
      ? run.data.label
      : `${series.group}${isClosed(runs, series.measure, series.group) ? " (closed)" : ""}`,
    x: Array.from({ length: count }, (_, point) => point / pointsPerNine),
    y: decodeSeries(series.values, count).map((value) => Math.max(value ?? 0, 1)),
    style: isCompared ? run.style : lineStyle(Math.max(index, 0)),
    note: `p99 ${percentileText(series, 2)}`,
  };
}

/** A value of the table, which says so if it is the slowest latency for want of others. */
function percentileText(
  { table: values, soundPercentiles, count }: NinesSeries,
  index: number,
): string {
  const text = formatMicros(values[index] ?? 0);
  const isPercentile = index < values.length - 1;
  return isPercentile && index >= soundPercentiles
    ? `${text} (max of ${formatCount(count)})`
    : text;
}

function percentilesTable(runs: readonly RunView[], phase: string): HTMLElement {
  const series = runs
    .flatMap(({ data }) => data.nines.filter((one) => one.phase === phase))
    .toSorted((one, other) => byInterest(runs, one, other));
  const rows = series.map((one): Cell[] => [
    one.group === "" ? `${formatName(one.measure)} of the generator` : formatName(one.measure),
    one.group,
    marksOf(runs, one.measure, one.group)[0] ?? "",
    { number: formatCount(one.count) },
    ...one.table.map((_, index) => ({ number: percentileText(one, index) })),
    { number: one.unansweredShare === null ? "–" : formatShare(one.unansweredShare) },
  ]);
  return table(
    "Percentiles of all latencies",
    ["latency", "group", "load", "number", ...percentNames, "unanswered"],
    rows,
  );
}
