// Latency over time: percentiles of each second, and a heat map of all latencies.

import type { LatencySeries, LoadData } from "../data/report-data.ts";
import { chosen, optionsOf, type Choice } from "./choices.ts";
import { loadMark, section } from "./elements.ts";
import { formatCount, formatMicros, formatName } from "./format.ts";
import { heatMap } from "./heat-map.ts";
import { bandsOf } from "./lines.ts";
import { plotFigure } from "./plot.ts";
import { numbersOf, peakOf, type Line, type RunView } from "./series.ts";
import type { LineStyle } from "./theme.ts";

/** Percentiles of a second, from the slowest, and their styles. */
const percentiles: readonly (readonly [of: "max" | "p99" | "p90" | "p50", style: LineStyle])[] = [
  ["max", { colour: "--p-max", dash: [2, 3], width: 1.5 }],
  ["p99", { colour: "--p-99", dash: [], width: 2 }],
  ["p90", { colour: "--p-90", dash: [8, 3], width: 2 }],
  ["p50", { colour: "--p-50", dash: [], width: 3 }],
];

/** The section; undefined without latencies. */
export function latency(runs: readonly RunView[]): HTMLElement | undefined {
  const measured = runs.flatMap(({ data }) => data.latencies.filter(({ group }) => group !== ""));
  if (measured.length === 0) return undefined;
  const body = chosen(latencyChoices(runs, measured), ([key = "", run = "0"]) =>
    runs.length === 1
      ? figuresOfRun(runs[0], key, "")
      : [overlay(runs, key), ...figuresOfRun(runs[Number(run)], key, run)],
  );
  const lead =
    "An open load counts from the intended time of each request; a closed load asks less often while the target is slow, so its latencies look better than they are.";
  return section("Latency over time", lead, body);
}

function latencyChoices(runs: readonly RunView[], measured: readonly LatencySeries[]): Choice[] {
  const sorted = measured.toSorted((one, other) => byInterest(runs, one, other));
  const keys = sorted.map(({ measure, group }) => JSON.stringify([measure, group]));
  const latencies = { label: "Latency", options: optionsOf(keys, (key) => textOfKey(runs, key)) };
  const ofRun = {
    label: "Heat map of",
    options: runs.map(({ data }, index) => [String(index), data.label] as const),
  };
  return runs.length === 1 ? [latencies] : [latencies, ofRun];
}

function textOfKey(runs: readonly RunView[], key: string): string {
  const [measure = "", group = ""] = JSON.parse(key) as string[];
  const closed = isClosed(runs, measure, group) ? " (closed)" : "";
  return `${formatName(measure)} · ${group}${closed}`;
}

/** Whether the peers wait for an answer before they ask again. */
export function isClosed(runs: readonly RunView[], measure: string, group: string): boolean {
  return loadOf(runs, measure, group)?.isClosed === true;
}

/** Orders latencies: those of open loads, of closed loads, and others; those with more latencies first. */
export function byInterest(runs: readonly RunView[], one: Counted, other: Counted): number {
  const rank = ({ measure, group }: Counted) => {
    const load = loadOf(runs, measure, group);
    return load === undefined ? 2 : Number(load.isClosed);
  };
  return rank(one) - rank(other) || other.count - one.count;
}

/** A measure and group with its number of latencies. */
interface Counted {
  readonly measure: string;
  readonly group: string;
  readonly count: number;
}

/** `open` or `closed`, for latencies that depend on the pace of their group. */
export function marksOf(runs: readonly RunView[], measure: string, group: string): HTMLElement[] {
  const load = loadOf(runs, measure, group);
  return load === undefined ? [] : [loadMark(load.isClosed)];
}

function loadOf(runs: readonly RunView[], measure: string, group: string): LoadData | undefined {
  const all = runs.flatMap(({ data }) => data.loads);
  return all.find((load) => load.measure === measure && load.group === group);
}

function find(run: RunView, key: string): LatencySeries | undefined {
  const [measure, group] = JSON.parse(key) as string[];
  return run.data.latencies.find((series) => series.measure === measure && series.group === group);
}

function figuresOfRun(run: RunView | undefined, key: string, of: string): HTMLElement[] {
  const series = run === undefined ? undefined : find(run, key);
  if (run === undefined || series === undefined) return [];
  const label = of === "" ? "" : `, ${run.data.label}`;
  const name = `${formatName(series.measure)}, ${series.group}${label}`;
  const lines = percentiles.map(([percentile, style]): Line => {
    const y = numbersOf(run, series[percentile]).map((value) =>
      value === null ? null : Math.max(value, 1),
    );
    return {
      label: percentile,
      x: run.times,
      y,
      style,
      note: `at most ${formatMicros(peakOf(y))}`,
    };
  });
  const kind = isClosed([run], series.measure, series.group) ? "Closed load. " : "";
  const slowest = lines[0]?.y ?? [];
  const common = { format: formatMicros, isLog: true, bands: bandsOf([run]) };
  return [
    plotFigure({
      ...common,
      title: `Percentiles of each second: ${name}`,
      summary: `${kind}${formatCount(series.count)} latencies; ${lines.map(({ label, note }) => `${label} ${note}`).join(", ")}`,
      marks: marksOf([run], series.measure, series.group),
      lines,
      height: 260,
    }),
    plotFigure({
      ...common,
      title: `Heat map: ${name}`,
      summary: `${kind}Number of latencies by time and duration; the slowest took ${formatMicros(peakOf(slowest))}`,
      // The map needs the times, and its lines are not drawn.
      lines: [
        {
          label: "",
          x: run.times,
          y: slowest,
          style: { colour: "--clear", dash: [], width: 0 },
          note: "",
        },
      ],
      marks: marksOf([run], series.measure, series.group),
      height: 240,
      underlay: heatMap(run, series),
    }),
  ];
}

/** The p99 of each run over the others. */
function overlay(runs: readonly RunView[], key: string): HTMLElement {
  const lines = runs.flatMap((run): Line[] => {
    const series = find(run, key);
    if (series === undefined) return [];
    const y = numbersOf(run, series.p99).map((value) =>
      value === null ? null : Math.max(value, 1),
    );
    return [
      {
        label: run.data.label,
        x: run.times,
        y,
        style: run.style,
        note: `at most ${formatMicros(peakOf(y))}`,
      },
    ];
  });
  const [measure = "", group = ""] = JSON.parse(key) as string[];
  return plotFigure({
    title: `p99 of each second, run over run: ${textOfKey(runs, key)}`,
    summary: lines.map(({ label, note }) => `${label} ${note}`).join(", "),
    marks: marksOf(runs, measure, group),
    lines,
    format: formatMicros,
    height: 260,
    isLog: true,
    bands: bandsOf(runs),
  });
}
