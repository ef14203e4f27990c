// The data of a report: what the page gets as JSON. Series are texts of `codes.ts`, one number a column.

import type { ComparedVerdict } from "../../results/compare/compared-runs.ts";
import type {
  BudgetVerdict,
  GeneratorFacts,
  GroupFacts,
  TargetFacts,
} from "../../results/result.ts";
import type { GroupAccounts } from "../../results/summary/group-accounts.ts";

/** Everything that the page shows. */
export interface ReportData {
  /** Runs of side A first. */
  readonly runs: readonly RunData[];
  /** How many of the runs are of side A; all of them when nothing is compared. */
  readonly sideA: number;
  /** Null: a single run, or runs of one side. */
  readonly comparison: ComparisonData | null;
}

/** Side B by side A. */
export interface ComparisonData {
  readonly outcome: OutcomeData;
  /** Each run by itself, in the order of `ReportData.runs`. */
  readonly runs: readonly ComparedRunData[];
  readonly verdicts: readonly (RatioData & {
    /** Of a check that judges no ratio: what was seen, in words. */
    readonly seenText: string | null;
    readonly holds: boolean;
  })[];
  readonly rows: readonly (RatioData & {
    readonly unit: Unit;
    readonly isClosedLoad: boolean;
    /** A percentile that is the slowest latency of a run: of so many. Null: there are enough latencies. */
    readonly maximumOf: number | null;
  })[];
  readonly remarks: readonly string[];
}

/** What a run is worth in a comparison. */
interface ComparedRunData {
  readonly verdict: ComparedVerdict;
  /** Null: the run passed. */
  readonly reason: string | null;
}

/** A value of both sides. Null: not measured, or a ratio to nothing. */
export interface RatioData {
  readonly text: string;
  /** Medians. */
  readonly a: number | null;
  readonly b: number | null;
  readonly ratio: number | null;
  /** Of all pairs of runs. */
  readonly least: number | null;
  readonly greatest: number | null;
}

/** A run of a report. */
export interface RunData {
  /** `A`, `B`, or with several runs a side `A1`, `A2`; "" for a single run. */
  readonly label: string;
  readonly name: string;
  readonly seed: number;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly outcome: OutcomeData;
  readonly phases: readonly {
    readonly name: string;
    readonly beginMs: number;
    readonly endMs: number;
    /** What is measured in it counts nowhere. */
    readonly isWarmUp: boolean;
  }[];
  readonly groups: readonly GroupFacts[];
  readonly targets: readonly TargetFacts[];
  readonly generators: readonly GeneratorFacts[];
  readonly budgets: readonly BudgetData[];
  readonly counts: readonly CountRow[];
  readonly accounts: readonly GroupAccounts[];
  readonly scenario: string;
  readonly columns: Columns;
  readonly rates: readonly RateSeries[];
  readonly gauges: readonly GaugeSeries[];
  readonly latencies: readonly LatencySeries[];
  readonly nines: readonly NinesSeries[];
  readonly loads: readonly LoadData[];
  readonly processes: readonly ProcessSeries[];
  /** Sentences: what the report leaves out, and where it is. */
  readonly omitted: readonly string[];
}

/** Latencies of a measure and group that depend on the pace of the group. */
export interface LoadData {
  readonly measure: string;
  readonly group: string;
  /** The group waits for answers before it asks again. */
  readonly isClosed: boolean;
}

/** How a run ended, in a word and a sentence. */
export interface OutcomeData {
  readonly kind: "passed" | "broken" | "warned" | "failed";
  readonly word: string;
  readonly sentence: string;
}

/** A budget, with the unit of its numbers. */
export interface BudgetData extends Omit<BudgetVerdict, "seen"> {
  /** Null: nothing was measured. */
  readonly seen: number | null;
  readonly unit: Unit;
  /** Part of the allowance that was used: above 1 the budget is broken. Null: nothing was measured. */
  readonly used: number | null;
  /** Judges latencies of a closed load. */
  readonly isClosedLoad: boolean;
}

/** Unit of a number. */
export type Unit = "us" | "bytes" | "bytes-per-second" | "per-second" | "share" | "count" | "ratio";

/** Counter, group, phase, label, value. */
export type CountRow = readonly [
  counter: string,
  group: string,
  phase: string,
  label: string,
  value: number,
];

/** Columns of series: each covers so many seconds of the run. */
export interface Columns {
  readonly count: number;
  readonly seconds: number;
  /** Columns of the series that a column of the heat map covers. */
  readonly heat: number;
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
  readonly count: number;
  readonly counts: string;
  readonly p50: string;
  readonly p90: string;
  readonly p99: string;
  readonly max: string;
  readonly heat: HeatMap;
}

/** Latencies by column and bucket; bucket b holds [2^(b/2), 2^((b+1)/2)) microseconds. */
export interface HeatMap {
  readonly lowest: number;
  readonly rows: number;
  /** Levels, column by column, from the lowest bucket upwards: text of `codes.ts`. */
  readonly levels: string;
}

/** Latencies by nines: of a measure, group and phase ("" for the whole run). */
export interface NinesSeries {
  readonly measure: string;
  readonly group: string;
  readonly phase: string;
  readonly count: number;
  /** Microseconds at 50, 90, 99, 99.9, 99.99 % and the slowest. */
  readonly table: readonly number[];
  /** So many of `table` are percentiles; the ones behind them are the slowest latency, for want of latencies. */
  readonly soundPercentiles: number;
  /** Requests without an answer beside these latencies; null for latencies that are measured once a visit. */
  readonly unansweredShare: number | null;
  /** Microseconds at 1 / (1 - p) = 10^(k / 8), k = 0, 1, …; as far as there are latencies. */
  readonly values: string;
}

/** Use of a process: a target, or the generators together (name ""). */
export interface ProcessSeries {
  readonly name: string;
  /** Milliseconds of CPU a second. */
  readonly cpu: string;
  /** The most memory of the run, exactly. */
  readonly peakRssBytes: number;
  readonly rss: string;
  readonly descriptors: string;
}
