// Series of a run as numbers, by the second of the run.

import type { LatencySeries, RunData } from "../data/report-data.ts";
import { decodeSeries } from "./decode.ts";
import { formatMicros } from "./format.ts";
import { runStyle, type LineStyle } from "./theme.ts";

/** Values of a series; null where there is none. */
export type Values = readonly (number | null)[];

/** A line of a plot. */
export interface Line {
  readonly label: string;
  /** Seconds of the run. */
  readonly x: readonly number[];
  readonly y: Values;
  readonly style: LineStyle;
  /** Text next to the label while no point is selected. */
  readonly note: string;
  /** Not drawn until its button is pressed. */
  readonly isHidden?: boolean;
}

/** Second in which each column of a run begins. */
export function timesOf({ columns }: RunData): readonly number[] {
  return Array.from({ length: columns.count }, (_, column) => column * columns.seconds);
}

/** The numbers of an encoded series. */
export function numbersOf(run: RunData, text: string): Values {
  return decodeSeries(text, run.columns.count);
}

/** Sums of series, column by column; undefined for no series. */
export function sumOf(all: readonly Values[]): Values | undefined {
  const [first] = all;
  return first?.map((_, at) => all.reduce((sum, values) => sum + (values[at] ?? 0), 0));
}

/** Growth a second of a counter: of a group, or of all (""). Undefined when it never grows. */
export function rateOf(run: RunData, counter: string, group: string): Values | undefined {
  const found = run.rates.filter(
    (series) => series.counter === counter && (group === "" || series.group === group),
  );
  return sumOf(found.map(({ values }) => numbersOf(run, values)));
}

/** The total of a counter, of a group or of all (""). */
export function totalOf(run: RunData, counter: string, group: string): number {
  return run.counts
    .filter((one) => one.counter === counter && (group === "" || one.group === group))
    .reduce((sum, { value }) => sum + value, 0);
}

/** A percentile of the slowest of some series, second by second, for a logarithmic axis. */
export function percentileLine(
  run: RunData,
  all: readonly LatencySeries[],
  of: "p50" | "p90" | "p99" | "max",
  style: LineStyle | undefined,
): Line {
  const numbers = all.map((series) => numbersOf(run, series[of]));
  const x = timesOf(run);
  const y = x.map((_, at) => {
    const known = numbers.flatMap((values) => values[at] ?? []);
    return known.length === 0 ? null : Math.max(1, ...known);
  });
  const note = `at most ${formatMicros(peakOf(y))}`;
  return style === undefined
    ? { label: run.label, x, y, style: runStyle(run), note }
    : { label: of, x, y, style, note };
}

/** The mean of the values that there are; 0 for none. */
export function meanOf(values: Values): number {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? 0 : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** The greatest value; 0 for none. */
export function peakOf(values: Values): number {
  return values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
}

/** The middle value; undefined for none. */
export function medianOf(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const [low, high] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
