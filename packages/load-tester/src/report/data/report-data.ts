// The data of a report: what the page gets as JSON. Series are texts of `codes.ts`, one number a column.

import type { Dimension } from "../../budgets/budget.ts";
import type { RunComparison } from "../../results/compare/compare-runs.ts";
import type { BudgetVerdict, LoadTestResult } from "../../results/result.ts";
import type { RunFigures } from "../../results/summary/run-figures.ts";

/** Everything that the page shows. */
export interface ReportData {
  /** Runs of side A first. */
  readonly runs: readonly RunData[];
  /** Undefined: a single run, or runs of one side. */
  readonly comparison: ComparisonData | undefined;
}

/** Side B by side A. JSON has null for a ratio to nothing. */
export interface ComparisonData extends RunComparison {
  readonly outcome: OutcomeData;
}

/** The place of a run among those of the report. */
export interface RunPlace {
  /** `A`, `B`, or with several runs a side `A1`, `A2`; "" for a single run. */
  readonly label: string;
  readonly isB: boolean;
  /** Within its side, from 0. */
  readonly number: number;
}

/** Parts of the result that the page shows as they are, within bounds. */
type ShownParts =
  | "name"
  | "seed"
  | "startedAt"
  | "durationMs"
  | "phases"
  | "groups"
  | "targets"
  | "generators"
  | "counts"
  | "scenario";

/** Figures of the whole run. */
type ShownFigures = "latencies" | "phases" | "busyRates" | "processes" | "polledShare" | "accounts";

/** A run of a report. */
export interface RunData extends RunPlace, Pick<LoadTestResult, ShownParts> {
  readonly outcome: OutcomeData;
  readonly budgets: readonly BudgetData[];
  readonly figures: Pick<RunFigures, ShownFigures>;
  readonly columns: Columns;
  readonly rates: readonly RateSeries[];
  readonly gauges: readonly GaugeSeries[];
  readonly latencies: readonly LatencySeries[];
  readonly processes: readonly ProcessSeries[];
  /** Sentences: what the report leaves out, and where it is. */
  readonly omitted: readonly string[];
}

/** How a run ended, in a word and a sentence. */
export interface OutcomeData {
  readonly kind: "passed" | "broken" | "warned" | "failed";
  readonly word: string;
  readonly sentence: string;
}

/** A budget, with the dimension of its numbers. */
export interface BudgetData extends BudgetVerdict {
  readonly dimension: Dimension;
  /** Part of the allowance that was used: above 1 the budget is broken. Undefined: nothing was measured. */
  readonly used: number | undefined;
  /** Judges latencies of a closed load. */
  readonly isClosedLoad: boolean;
}

/** Columns of series: each covers so many seconds of the run. */
export interface Columns {
  readonly count: number;
  readonly seconds: number;
}

/** Growth of a counter a second. */
export interface RateSeries {
  readonly counter: string;
  readonly group: string;
  readonly values: string;
}

/** Peers in a state. */
export interface GaugeSeries {
  readonly group: string;
  readonly state: string;
  readonly values: string;
}

/** Latencies of a measure and group over time, in microseconds. */
export interface LatencySeries {
  readonly measure: string;
  readonly group: string;
  /** The pace of the group, for latencies that depend on it. */
  readonly load: "open" | "closed" | undefined;
  readonly count: number;
  readonly p50: string;
  readonly p90: string;
  readonly p99: string;
  readonly max: string;
}

/** Use of a process: a target, or the generators together (name ""). */
export interface ProcessSeries {
  readonly name: string;
  /** Milliseconds of CPU a second. */
  readonly cpu: string;
  readonly rss: string;
  readonly descriptors: string;
}
