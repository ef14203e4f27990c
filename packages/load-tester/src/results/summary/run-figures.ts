// Figures of a run for displays and tables: of the part that is over, and of its last second.

import {
  counterNames,
  gaugeNames,
  measureNames,
  type CounterName,
  type GaugeName,
  type MeasureName,
} from "../../measures/measures.ts";
import { countsInRun, warmUpPhase } from "../../scenario/warm-up.ts";
import { isClosedLatency, pacedMeasures, type MeasuredRun } from "../measured-run.ts";
import { groupAccounts, shareBeside, type GroupAccounts } from "./group-accounts.ts";
import type { ProcessUse, Second } from "../result.ts";

/** Figures of a run. Latencies are microseconds. */
export interface RunFigures {
  /** By measure and group. The generator's own lateness and waits for reading have the group "". */
  readonly latencies: readonly LatencyFigures[];
  /** Totals, by counter; only counters that are not zero. */
  readonly totals: Readonly<Partial<Record<CounterName, number>>>;
  /** Growth a second, by counter, in the seconds in which it grew. */
  readonly busyRates: Readonly<Partial<Record<CounterName, number>>>;
  /** In order, the warm-up included. */
  readonly phases: readonly PhaseFigures[];
  /** Growth in the last whole second, by counter. */
  readonly rates: Readonly<Partial<Record<CounterName, number>>>;
  readonly peers: readonly PeerFigures[];
  readonly processes: readonly ProcessFigures[];
  /** Share of the seconds with polling in which the threads of the generators did nothing else; 1 is a whole thread. */
  readonly polledShare: number | undefined;
  /** Counts with a reason, the most frequent first. */
  readonly reasons: readonly ReasonFigures[];
  /** Accounts of each group, in the scenario's order. */
  readonly accounts: readonly GroupAccounts[];
}

/** Latencies of a measure and group over the run so far. */
export interface LatencyFigures {
  readonly measure: MeasureName;
  readonly group: string;
  /** Measured of a closed load: requests wait for answers, so that a slow target is asked less. */
  readonly isClosedLoad: boolean;
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  /** Share of the requests without an answer; undefined for latencies that are measured once a visit. */
  readonly unansweredShare: number | undefined;
}

/** Measurements of a phase. */
interface PhaseFigures {
  readonly name: string;
  /** It counts in no total and in no budget. */
  readonly isWarmUp: boolean;
  readonly durationMs: number;
  /** Latencies of the requests of peers; `perSecond` counts them, unanswered requests included. */
  readonly latencies: readonly (LatencyFigures & { readonly perSecond: number })[];
  /** Payload each way, bytes a second. */
  readonly downBytesPerSecond: number;
  readonly upBytesPerSecond: number;
}

/** States of the peers of a group now. */
interface PeerFigures {
  readonly group: string;
  readonly states: Readonly<Record<GaugeName, number>>;
}

/** A local target, or the generators together. */
export interface ProcessFigures {
  /** Name of the target; undefined: the generators. */
  readonly target: string | undefined;
  /** In the last second, of one core. */
  readonly cpuShare: number;
  /** Over the run so far. */
  readonly cpuMs: number;
  readonly rssBytes: number;
  readonly mostRssBytes: number;
  readonly baseRssBytes: number | undefined;
  readonly descriptors: number;
}

/** How often something happened for a reason. */
interface ReasonFigures {
  readonly counter: CounterName;
  readonly group: string;
  readonly reason: string;
  readonly count: number;
}

/** The figures of a run, or of the part that is over. */
export function runFigures(run: MeasuredRun): RunFigures {
  const last = run.seconds.at(-1);
  return {
    latencies: measureNames.flatMap((measure) =>
      run.totals.groupsWith(measure).map((group) => latencyFigures(run, measure, group)),
    ),
    totals: totalsOf(run),
    busyRates: busyRatesOf(run),
    phases: run.phases.map((phase) => phaseFigures(run, phase)),
    rates: last === undefined ? {} : ratesOf(last),
    peers: Object.entries(last?.gauges ?? {}).map(([group, states]) => ({ group, states })),
    processes: processesOf(run),
    polledShare: polledShareOf(run),
    reasons: reasonsOf(run),
    accounts: run.groups.map((group) => groupAccounts(run.totals, group)),
  };
}

function latencyFigures(
  run: MeasuredRun,
  measure: MeasureName,
  group: string,
  phases?: readonly string[],
): LatencyFigures {
  const histogram = run.totals.histogram(measure, { groups: [group], phases });
  const facts = run.groups.find(({ name }) => name === group);
  return {
    measure,
    group,
    isClosedLoad: isClosedLatency(measure, facts),
    count: histogram.count,
    p50: histogram.percentile(50),
    p90: histogram.percentile(90),
    p99: histogram.percentile(99),
    p999: histogram.percentile(99.9),
    max: histogram.maxUs,
    unansweredShare: facts && shareBeside(measure, groupAccounts(run.totals, facts, { phases })),
  };
}

function phaseFigures(
  run: MeasuredRun,
  { name, beginMs, endMs }: MeasuredRun["phases"][number],
): PhaseFigures {
  const phases = [name];
  const seconds = Math.max(endMs - beginMs, 1) / 1_000;
  const latencies = run.groups.flatMap((group) =>
    [...pacedMeasures].map((measure) => latencyFigures(run, measure, group.name, phases)),
  );
  return {
    name,
    isWarmUp: name === warmUpPhase,
    durationMs: endMs - beginMs,
    latencies: latencies
      .filter(({ count }) => count > 0)
      .map((one) => ({ ...one, perSecond: one.count / seconds })),
    downBytesPerSecond: run.totals.count("bytes_down", { phases }) / seconds,
    upBytesPerSecond: run.totals.count("bytes_up", { phases }) / seconds,
  };
}

/** Seconds that begin outside of the warm-up. */
function countedSeconds({ phases, seconds }: Pick<MeasuredRun, "phases" | "seconds">): Second[] {
  const warmUps = phases.filter(({ name }) => name === warmUpPhase);
  return seconds.filter(({ second }) => {
    const beginMs = 1_000 * second;
    return !warmUps.some((phase) => beginMs >= phase.beginMs && beginMs < phase.endMs);
  });
}

function busyRatesOf(run: MeasuredRun): RunFigures["busyRates"] {
  const rates = run.seconds.map(ratesOf);
  const counted = countedSeconds(run).map(ratesOf);
  const all = counterNames.map((counter) => {
    const own = countsInRun(counter, warmUpPhase) ? rates : counted;
    const busy = own.flatMap((rate) => rate[counter] ?? []);
    return [counter, busy.reduce((sum, rate) => sum + rate, 0) / busy.length] as const;
  });
  return Object.fromEntries(all.filter(([, rate]) => Number.isFinite(rate)));
}

function totalsOf({ totals }: MeasuredRun): RunFigures["totals"] {
  const all = counterNames.map((counter) => [counter, totals.count(counter)] as const);
  return Object.fromEntries(all.filter(([, value]) => value !== 0));
}

function ratesOf({ counts }: Second): RunFigures["rates"] {
  const all = counterNames.map((counter) => {
    const groups = Object.values(counts[counter] ?? {});
    return [counter, groups.reduce((sum, value) => sum + value, 0)] as const;
  });
  return Object.fromEntries(all.filter(([, value]) => value !== 0));
}

function polledShareOf({ seconds }: MeasuredRun): number | undefined {
  const polled = seconds.flatMap(({ counts }) => counts["polled_us"]?.[""] ?? []);
  if (polled.length === 0) return undefined;
  return polled.reduce((sum, each) => sum + each, 0) / polled.length / 1e6;
}

function processesOf(run: MeasuredRun): ProcessFigures[] {
  const { targets } = run;
  const seconds = countedSeconds(run);
  const local = targets.flatMap(({ name, baseRssBytes }) => {
    const uses = seconds.map((second) => second.targets[name]).filter((use) => use !== undefined);
    return uses.length === 0 ? [] : [processFigures(name, uses, baseRssBytes)];
  });
  const own = seconds.map((second) => second.own);
  return own.length === 0 ? local : [...local, processFigures(undefined, own, undefined)];
}

function processFigures(
  target: string | undefined,
  uses: readonly ProcessUse[],
  baseRssBytes: number | undefined,
): ProcessFigures {
  const last = uses.at(-1);
  return {
    target,
    cpuShare: (last?.cpuMs ?? 0) / 1_000,
    cpuMs: uses.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    rssBytes: last?.rssBytes ?? 0,
    mostRssBytes: uses.reduce((most, { rssBytes }) => Math.max(most, rssBytes), 0),
    baseRssBytes,
    descriptors: last?.descriptors ?? 0,
  };
}

function reasonsOf({ totals }: MeasuredRun): ReasonFigures[] {
  const byName = new Map<string, ReasonFigures>();
  for (const { counter, group, label: reason, value } of totals.runCounts()) {
    if (reason === "" || value === 0) continue;
    const key = JSON.stringify([counter, group, reason]);
    const count = value + (byName.get(key)?.count ?? 0);
    byName.set(key, { counter, group, reason, count });
  }
  return [...byName.values()].toSorted((left, right) => right.count - left.count);
}

/** All peers in a state. */
export function peersIn(figures: Pick<RunFigures, "peers">, state: GaugeName): number {
  return figures.peers.reduce((sum, { states }) => sum + states[state], 0);
}

/** The states in the order of a peer's life. */
export const peerStates: readonly GaugeName[] = gaugeNames;
