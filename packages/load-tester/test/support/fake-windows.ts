// Windows and runs that no generator has measured.

import { LatencyHistogram } from "../../src/measures/latency-histogram.ts";
import type {
  CounterName,
  GaugeName,
  MeasureName,
  NamedCount,
  NamedHistogram,
  Window,
} from "../../src/measures/measures.ts";
import type { MeasuredRun } from "../../src/results/measured-run.ts";
import { RunMerge } from "../../src/results/merge/run-merge.ts";
import type { GroupFacts, TargetFacts } from "../../src/results/result.ts";

/** Latencies in microseconds under a name. */
export function latencies(
  measure: MeasureName,
  group: string,
  phase: string,
  values: readonly number[],
): NamedHistogram {
  const histogram = LatencyHistogram.empty();
  for (const value of values) histogram.record(value);
  return { measure, group, phase, hdr: histogram.encode() };
}

export function count(
  counter: CounterName,
  value: number,
  { group = "leech", phase = "steady", label = "" } = {},
): NamedCount {
  return { counter, group, phase, label, value };
}

export function states(open: number): Record<GaugeName, number> {
  return { waiting: 0, connecting: 0, open, unchoked: 0, complete: 0, gone: 0 };
}

export function windowOf(second: number, parts: Partial<Window> = {}): Window {
  const own = { cpuMs: 100 * (second + 1), rssBytes: 2 ** 20, descriptors: 10 };
  return { second, histograms: [], counts: [], gauges: {}, own, ...parts };
}

export function group(name: string, facts: Partial<GroupFacts> = {}): GroupFacts {
  return {
    name,
    target: "ours",
    behaviour: "leecher",
    count: 10,
    pace: "closed, depth 4",
    isClosedLoad: true,
    ...facts,
  };
}

export function target(name: string, facts: Partial<TargetFacts> = {}): TargetFacts {
  return {
    name,
    address: "127.0.0.1:6881",
    client: "troupe 0.1.0",
    settings: [["max-peers", "5100"]],
    remarks: [],
    isLocal: true,
    baseRssBytes: 100 * 2 ** 20,
    ...facts,
  };
}

/** A run of one generator, five seconds of `ramp` and then `steady`. */
export function runOf(windows: readonly Window[], parts: Partial<MeasuredRun> = {}): MeasuredRun {
  const merge = new RunMerge({ generators: ["local"], nowMs: () => 0 });
  for (const window of windows) merge.take("local", window);
  merge.end();
  return {
    durationMs: 10_000,
    phases: [
      { name: "ramp", beginMs: 0, endMs: 5_000 },
      { name: "steady", beginMs: 5_000, endMs: 10_000 },
    ],
    groups: [group("leech"), group("storm", { behaviour: "hostile" })],
    targets: [target("ours")],
    totals: merge.totals,
    seconds: merge.seconds,
    ...parts,
  };
}
