// One second of a run, of the windows of all generators.

import type { LatencyHistogram } from "../../measures/latency-histogram.ts";
import { gaugeNames, type GaugeName, type Window } from "../../measures/measures.ts";
import type { ProcessUse, Second, SecondLatency } from "../result.ts";

/** A window with its histograms decoded, in their order. */
export interface DecodedWindow {
  readonly window: Window;
  readonly histograms: readonly LatencyHistogram[];
}

/** Parts of a second that windows do not have. */
interface SecondUse {
  readonly targets: Readonly<Record<string, ProcessUse>>;
  readonly own: ProcessUse;
}

/** @param windows Of the same second. */
export function secondOfWindows(
  second: number,
  windows: readonly DecodedWindow[],
  use: SecondUse,
): Second {
  const plain = windows.map(({ window }) => window);
  return {
    second,
    counts: countsOf(plain),
    gauges: gaugesOf(plain),
    latencies: latenciesOf(windows),
    ...use,
  };
}

/** A second without windows. */
export function emptySecond(second: number): Second {
  const own = { cpuMs: 0, rssBytes: 0, descriptors: 0 };
  return secondOfWindows(second, [], { targets: {}, own });
}

function countsOf(windows: readonly Window[]): Second["counts"] {
  const counts: Record<string, Record<string, number>> = {};
  for (const { counter, group, value } of windows.flatMap((window) => window.counts)) {
    if (value === 0) continue;
    const groups = (counts[counter] ??= nameless());
    groups[group] = (groups[group] ?? 0) + value;
  }
  return counts;
}

function gaugesOf(windows: readonly Window[]): Second["gauges"] {
  const gauges: Record<string, Record<GaugeName, number>> = nameless();
  for (const [group, states] of windows.flatMap((window) => Object.entries(window.gauges))) {
    const sums = (gauges[group] ??= emptyStates());
    for (const name of gaugeNames) sums[name] += states[name];
  }
  return gauges;
}

function emptyStates(): Record<GaugeName, number> {
  return { waiting: 0, connecting: 0, open: 0, unchoked: 0, complete: 0, gone: 0 };
}

/** A record for names from a scenario, which may be `__proto__`. */
function nameless<Value>(): Record<string, Value> {
  return Object.create(null) as Record<string, Value>;
}

function latenciesOf(windows: readonly DecodedWindow[]): SecondLatency[] {
  const named = windows.flatMap(({ window, histograms }) =>
    window.histograms.flatMap(({ measure, group }, index) => {
      const histogram = histograms[index];
      return histogram === undefined ? [] : [{ measure, group, histogram }];
    }),
  );
  const byName = Map.groupBy(named, ({ measure, group }) => JSON.stringify([measure, group]));
  return [...byName.values()].flatMap((all) => {
    const [first, ...others] = all;
    if (first === undefined) return [];
    // The decoded histogram is ours: it takes the others in.
    for (const { histogram } of others) first.histogram.add(histogram);
    const { measure, group, histogram } = first;
    return [{ measure, group, ...latencyOf(histogram) }];
  });
}

function latencyOf(histogram: LatencyHistogram): Omit<SecondLatency, "measure" | "group"> {
  return {
    count: histogram.count,
    p50: histogram.percentile(50),
    p90: histogram.percentile(90),
    p99: histogram.percentile(99),
    max: histogram.maxUs,
    buckets: bucketsOf(histogram),
  };
}

/** Pairs of bucket and count, flat. */
function bucketsOf(histogram: LatencyHistogram): number[] {
  const pairs: number[] = [];
  for (const [latencyUs, count] of histogram.values()) {
    const bucket = latencyUs < 1 ? 0 : Math.floor(2 * Math.log2(latencyUs) + 1e-9);
    if (pairs.at(-2) === bucket) pairs[pairs.length - 1] = (pairs.at(-1) ?? 0) + count;
    else pairs.push(bucket, count);
  }
  return pairs;
}
