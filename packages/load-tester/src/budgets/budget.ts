// A budget after its parser: a value of the run, a comparison and a bound.

import type { CounterName, MeasureName } from "../measures/measures.ts";

/** A parsed budget. */
export interface Budget {
  /** Budget as written. */
  readonly text: string;
  readonly quantity: Quantity;
  readonly comparison: Comparison;
  readonly bound: Bound;
}

/** Comparisons that a budget may have. */
export const comparisons = ["<", "<=", ">", ">="] as const;

/** The seen value stands left of it, the bound right. */
export type Comparison = (typeof comparisons)[number];

/** A value of the run. */
export type Quantity =
  | {
      readonly kind: "latency";
      readonly measure: MeasureName;
      readonly selection: Selection;
      readonly statistic: LatencyStatistic;
    }
  /** Total of a counter. */
  | { readonly kind: "total"; readonly term: CounterTerm }
  /** Growth of counters a second. */
  | {
      readonly kind: "rate";
      readonly counters: readonly CounterName[];
      readonly selection: Selection;
      readonly statistic: SecondStatistic;
    }
  | { readonly kind: "ratio"; readonly over: CounterTerm; readonly under: CounterTerm }
  /** Failed attempts among all. */
  | { readonly kind: "errors"; readonly selection: Selection }
  /** Requests without an answer, and load that the target kept from being sent, in the group that has most. */
  | { readonly kind: "unanswered"; readonly selection: Selection }
  | {
      readonly kind: "process";
      readonly of: "target" | "own";
      readonly resource: Resource;
      readonly selection: Selection;
      readonly statistic: SecondStatistic | "total" | "per_gib";
    };

/** A counter of some groups and phases. */
export interface CounterTerm {
  readonly counter: CounterName;
  readonly selection: Selection;
}

/** Names in braces; empty: everything. */
export type Selection = readonly Selector[];

/** A name in braces. */
export interface Selector {
  /** Undefined: the name alone was written. */
  readonly kind: SelectorKind | undefined;
  readonly name: string;
  /** In the budget's text, from 1. */
  readonly column: number;
}

/** Things that a name in braces may name. */
export type SelectorKind = "group" | "phase" | "target";

/** Statistics of latencies; a percentile is 0 to 100. */
export type LatencyStatistic =
  | { readonly kind: "percentile"; readonly percent: number }
  | { readonly kind: "max" | "mean" | "count" };

/** Statistics over the seconds of a run; a percentile is 0 to 100. */
export type SecondStatistic =
  | { readonly kind: "percentile"; readonly percent: number }
  | { readonly kind: "max" | "mean" | "min" };

/** Uses of a process. */
export const resources = ["rss", "cpu", "descriptors"] as const;

/** A use of a process. */
export type Resource = (typeof resources)[number];

/**
 * Units of a value: microseconds, bytes, bytes a second, a number a second, a share (1 is all, or a whole core), a number,
 * or the ratio of two runs.
 */
export type Dimension =
  | "time"
  | "bytes"
  | "bytes-per-second"
  | "per-second"
  | "share"
  | "count"
  | "run-ratio";

/** `offset + factor × base`; a bound without `base` has the factor 0. */
export interface Bound {
  readonly offset: number;
  /** Factor of the base: the memory of the target before the first connect. */
  readonly factor: number;
}

/** The dimension in which a quantity is measured. */
export function dimensionOf(quantity: Quantity): Dimension {
  switch (quantity.kind) {
    case "latency":
      return quantity.statistic.kind === "count" ? "count" : "time";
    case "total":
      return countsBytes(quantity.term.counter) ? "bytes" : "count";
    case "rate":
      return quantity.counters.every(countsBytes) ? "bytes-per-second" : "per-second";
    case "ratio":
    case "errors":
    case "unanswered":
      return "share";
    case "process":
      return processDimension(quantity.resource, quantity.statistic);
  }
}

function processDimension(
  resource: Resource,
  statistic: SecondStatistic | "total" | "per_gib",
): Dimension {
  if (statistic === "total" || statistic === "per_gib") return "time";
  if (resource === "rss") return "bytes";
  return resource === "cpu" ? "share" : "count";
}

function countsBytes(counter: CounterName): boolean {
  return counter === "bytes_down" || counter === "bytes_up";
}
