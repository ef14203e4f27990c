// The result of a run: what the result file holds, and what `loadTest` resolves to. Plain JSON.

import type { GaugeName, MeasureName, NamedCount, NamedHistogram } from "../measures/measures.ts";

/** The result of a run. */
export interface LoadTestResult {
  readonly format: "troupe-load-test";
  readonly version: 1;
  readonly name: string;
  readonly seed: number;
  /** Text of the scenario, so that the run can be repeated. */
  readonly scenario: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Duration of the run itself; shorter than planned when it was aborted or stopped. */
  readonly durationMs: number;
  readonly phases: readonly {
    readonly name: string;
    readonly beginMs: number;
    readonly endMs: number;
  }[];
  readonly groups: readonly GroupFacts[];
  readonly targets: readonly TargetFacts[];
  readonly generators: readonly GeneratorFacts[];
  /** Over the whole run, by measure, group and phase. */
  readonly histograms: readonly NamedHistogram[];
  /** Totals, by counter, group, phase and label. */
  readonly counts: readonly NamedCount[];
  /** One entry a second, from second 0. */
  readonly seconds: readonly Second[];
  readonly budgets: readonly BudgetVerdict[];
  readonly outcome: Outcome;
}

/** How a run ended. */
export type Outcome =
  | { readonly kind: "passed" }
  | { readonly kind: "budget-broken" }
  /** A budget of `abort` was broken. */
  | { readonly kind: "aborted"; readonly budget: string }
  | { readonly kind: "generator-saturated"; readonly reason: string }
  /** Less than 99 % of the plan happened because of the generators. */
  | { readonly kind: "load-not-sent"; readonly reason: string }
  /** Ended by a signal or an AbortSignal. */
  | { readonly kind: "stopped" }
  /** Result of a run that went on: its leader ended before it, or it goes on still. */
  | { readonly kind: "partial" }
  /** A started target ended, or an agent was lost and the scenario says fail. */
  | { readonly kind: "failed"; readonly code: string; readonly message: string };

/** A group, as the report names it. */
export interface GroupFacts {
  readonly name: string;
  readonly target: string;
  readonly behaviour: string;
  readonly count: number;
  /** `open 1,000/s`, `closed, depth 4` or "". */
  readonly pace: string;
  readonly isClosedLoad: boolean;
}

/** A target, as the report names it. */
export interface TargetFacts {
  readonly name: string;
  readonly address: string;
  /** `libtorrent 2.0.8`; "" for a target that runs elsewhere and never names itself. Cleaned text. */
  readonly client: string;
  /** Settings that the tester made: name and value. */
  readonly settings: readonly (readonly [string, string])[];
  /** Sentences on what this client cannot raise. */
  readonly remarks: readonly string[];
  readonly isLocal: boolean;
  /** Median over the two seconds before the first connect, of a local target. */
  readonly baseRssBytes: number | undefined;
}

/** A generator: a thread group of this process, or an agent. */
export interface GeneratorFacts {
  readonly name: string;
  readonly threads: number;
  readonly peers: number;
  /** Second of the run in which the agent died. */
  readonly lostAt: number | undefined;
  /** Sentences on what it did otherwise than the scenario says. */
  readonly remarks?: readonly string[];
}

/** A second of the run. */
export interface Second {
  readonly second: number;
  /** Growth, by counter and group, labels summed; zero entries are left out. */
  readonly counts: Readonly<Partial<Record<string, Readonly<Record<string, number>>>>>;
  readonly gauges: Readonly<Record<string, Readonly<Record<GaugeName, number>>>>;
  /** By measure and group: for percentiles over time. */
  readonly latencies: readonly SecondLatency[];
  /** By target. */
  readonly targets: Readonly<Record<string, ProcessUse>>;
  /** Use of all generators together. */
  readonly own: ProcessUse;
}

/** Latencies of a second. */
export interface SecondLatency {
  readonly measure: MeasureName;
  readonly group: string;
  readonly count: number;
  /** Microseconds. */
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** CPU time, memory and descriptors of a process in a second. */
export interface ProcessUse {
  /** In this second. */
  readonly cpuMs: number;
  readonly rssBytes: number;
  readonly descriptors: number;
}

/** A budget and what was seen. */
export interface BudgetVerdict {
  /** Budget as written. */
  readonly text: string;
  /**
   * Value in the unit of the measure: microseconds, bytes, a share or a count; undefined: nothing was measured, which
   * breaks it.
   */
  readonly seen: number | undefined;
  readonly allowed: number;
  readonly holds: boolean;
}
