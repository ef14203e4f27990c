// Series of a run as numbers, by the second of the run.

import type { RunData } from "../data/report-data.ts";
import { decodeSeries } from "./decode.ts";
import { runStyle, type LineStyle } from "./theme.ts";

/** Values of a series; null where there is none. */
export type Values = readonly (number | null)[];

/** A run with its place in the report. */
export interface RunView {
  readonly data: RunData;
  readonly isB: boolean;
  readonly style: LineStyle;
  /** Second in which each column begins. */
  readonly times: readonly number[];
}

/** A line of a plot. */
export interface Line {
  readonly label: string;
  readonly x: readonly number[];
  readonly y: Values;
  readonly style: LineStyle;
  /** Beside the label while no point is looked at. */
  readonly note: string;
  /** Not drawn until its button is pressed. */
  readonly isHidden?: boolean;
}

/** The run with the times of its columns. */
export function viewOf(data: RunData, index: number, sideA: number): RunView {
  const isB = index >= sideA;
  return {
    data,
    isB,
    style: runStyle(isB, isB ? index - sideA : index),
    times: Array.from({ length: data.columns.count }, (_, column) => column * data.columns.seconds),
  };
}

/** The numbers of an encoded series. */
export function numbersOf(run: RunView, text: string): Values {
  return decodeSeries(text, run.data.columns.count);
}

/** Sums of series, column by column; undefined for no series. */
export function sumOf(all: readonly Values[]): Values | undefined {
  const [first] = all;
  return first?.map((_, at) => all.reduce((sum, values) => sum + (values[at] ?? 0), 0));
}

/** Growth a second of a counter: of a group, or of all (""). Undefined when it never grows. */
export function rateOf(run: RunView, counter: string, group: string): Values | undefined {
  const found = run.data.rates.filter(
    (series) => series.counter === counter && (group === "" || series.group === group),
  );
  return sumOf(found.map(({ values }) => numbersOf(run, values)));
}

/** Sums up to each column, of a growth a second. */
export function runningTotal(run: RunView, rates: Values): Values {
  let total = 0;
  return rates.map((rate) => (total += (rate ?? 0) * run.data.columns.seconds));
}

/** The total of a counter, of a group or of all (""). */
export function totalOf(run: RunView, counter: string, group: string): number {
  return run.data.counts
    .filter(([name, of]) => name === counter && (group === "" || of === group))
    .reduce((sum, [, , , , value]) => sum + value, 0);
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
