// Results of runs that never were: any size and shape, from one seed.

import { LatencyHistogram } from "../../src/measures/latency-histogram.ts";
import type { MeasureName, NamedCount, NamedHistogram } from "../../src/measures/measures.ts";
import type {
  GroupFacts,
  LoadTestResult,
  Second,
  SecondLatency,
} from "../../src/results/result.ts";

/** Shape of a synthetic run. */
export interface SyntheticRun {
  readonly seconds: number;
  /** Names of groups. */
  readonly groups: readonly string[];
  readonly measures: readonly MeasureName[];
  readonly seed?: number;
  /** Latencies are so many times slower. */
  readonly slowness?: number;
  readonly client?: string;
}

/** A run in three phases: peers arrive, download, and the target stalls for two seconds in the middle. */
export function syntheticResult(run: SyntheticRun): LoadTestResult {
  const random = randomOf(run.seed ?? 1);
  const { seconds, groups } = run;
  const phases = phasesOf(seconds);
  const totals = new Totals();
  const list = Array.from({ length: seconds }, (_, second) =>
    secondOf(run, {
      second,
      phase: phases[Math.min(Math.floor((3 * second) / seconds), 2)]?.name ?? "",
      random,
      totals,
    }),
  );
  return {
    format: "troupe-load-test",
    version: 1,
    name: "synthetic crowd",
    seed: run.seed ?? 1,
    scenario: `name: synthetic crowd\nseed: ${run.seed ?? 1}\ngroups:\n${groups.map((name) => `  ${JSON.stringify(name)}: { behaviour: leecher, count: 500 }\n`).join("")}`,
    startedAt: "2026-01-02T03:04:05.678Z",
    durationMs: seconds * 1000,
    phases,
    groups: groups.map(groupFacts),
    targets: [
      {
        name: "seeder",
        address: "127.0.0.1:6881",
        client: run.client ?? "libtorrent 2.0.8",
        settings: [
          ["connections", "5,100"],
          ["upload slots", "all"],
        ],
        remarks: ["The client cannot be told to keep more than 200 requests of a peer."],
        isLocal: true,
        baseRssBytes: 41_943_040,
      },
    ],
    generators: [{ name: "local", threads: 1, peers: 500 * groups.length, lostAt: undefined }],
    histograms: totals.histograms(),
    counts: totals.counts(),
    seconds: list,
    budgets: [
      {
        text: "request_block{g0}.p99 < 50ms",
        seen: 31_400 * (run.slowness ?? 1),
        allowed: 50_000,
        holds: (run.slowness ?? 1) < 1.6,
      },
      {
        text: "target.rss.max < base + 128MiB",
        seen: 120 * 2 ** 20,
        allowed: 168 * 2 ** 20,
        holds: true,
      },
      { text: "errors < 0.1%", seen: 0.000_42, allowed: 0.001, holds: true },
    ],
    outcome: { kind: (run.slowness ?? 1) < 1.6 ? "passed" : "budget-broken" },
  };
}

function phasesOf(seconds: number) {
  const edges = [0, 1, 2, 3].map((third) => Math.round((third * seconds * 1000) / 3));
  return ["ramp", "steady", "drain"].map((name, index) => ({
    name,
    beginMs: edges[index] ?? 0,
    endMs: edges[index + 1] ?? 0,
  }));
}

function groupFacts(name: string, index: number): GroupFacts {
  const isClosedLoad = index % 2 === 1;
  return {
    name,
    target: "seeder",
    behaviour: "leecher",
    count: 500,
    pace: isClosedLoad ? "closed, depth 4" : "open 1,000/s",
    isClosedLoad,
  };
}

interface Moment {
  readonly second: number;
  readonly phase: string;
  readonly random: () => number;
  readonly totals: Totals;
}

function secondOf(run: SyntheticRun, moment: Moment): Second {
  const { second, random, totals, phase } = moment;
  const share = (index: number) =>
    Math.min(1, (second + 1) / (run.seconds / 3)) *
    (1 - 0.15 * (index % 3)) *
    (0.85 + 0.3 * random());
  const counts: Record<string, Record<string, number>> = {};
  const grow = (counter: NamedCount["counter"], group: string, value: number, label = "") => {
    const whole = Math.round(value);
    if (whole === 0) return;
    (counts[counter] ??= {})[group] = (counts[counter][group] ?? 0) + whole;
    totals.count({ counter, group, phase, label, value: whole });
  };
  const gauges: Record<string, Second["gauges"][string]> = {};
  run.groups.forEach((group, index) => {
    const busy = share(index);
    grow("bytes_down", group, busy * 12_500_000);
    grow("bytes_up", group, busy * 60_000);
    grow("requests", group, busy * 800);
    grow("blocks", group, busy * 760);
    grow("opened", group, second < run.seconds / 3 ? 1500 / run.seconds : 0);
    grow("arrived", group, second < run.seconds / 3 ? 1500 / run.seconds : 0);
    grow("completed", group, second > run.seconds / 4 ? 600 / run.seconds : 0);
    grow("closed_by_target", group, random() < 0.05 ? 3 : 0, "reset");
    grow("closed_by_target", group, random() < 0.02 ? 1 : 0, "end of stream");
    grow("refused", group, random() < 0.02 ? 2 : 0, "connection refused");
    const here = Math.round(500 * Math.min(1, (3 * (second + 1)) / run.seconds));
    const complete = Math.round(
      here * Math.max(0, Math.min(1, (second / run.seconds - 0.25) * 1.4)),
    );
    const connecting = Math.round(10 * random());
    const unchoked = Math.max(0, Math.round((here - complete) * 0.7) - connecting);
    gauges[group] = {
      waiting: 500 - here,
      connecting,
      open: here - complete - unchoked - connecting,
      unchoked,
      complete,
      gone: 0,
    };
  });
  const latencies = run.groups.flatMap((group, index) =>
    run.measures.map((measure, of) =>
      latencyOf(run, moment, { measure, group, typical: 900 * 3 ** of * (1 + 0.5 * index) }),
    ),
  );
  const lateness = latencyOf({ ...run, slowness: 1 }, moment, {
    measure: "lateness",
    group: "",
    typical: 60,
  });
  return {
    second,
    counts,
    gauges,
    latencies: [...latencies, lateness],
    targets: {
      seeder: {
        cpuMs: 300 + 500 * share(0) + 40 * random(),
        rssBytes: 42e6 + 60e6 * Math.min(1, second / run.seconds),
        descriptors: 40 + Math.round(500 * share(1)),
      },
    },
    own: {
      cpuMs: 200 + 250 * share(0),
      rssBytes: 80e6 + 1e6 * random(),
      descriptors: 30 + Math.round(500 * share(0)),
    },
  };
}

/** Log-normal latencies, with a slow tail, and a stall in the middle of the run. */
function latencyOf(
  run: SyntheticRun,
  { second, phase, random, totals }: Moment,
  of: { measure: MeasureName; group: string; typical: number },
): SecondLatency {
  const isStall = Math.abs(second - run.seconds / 2) < 1.5 && of.measure !== "lateness";
  const histogram = LatencyHistogram.empty();
  for (let sample = 0; sample < 40; sample += 1) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const tail = random() < 0.01 ? 12 : 1;
    const stall = isStall && random() < 0.4 ? 2_000_000 * random() : 0;
    const latency = of.typical * (run.slowness ?? 1) * Math.exp(0.45 * normal) * tail + stall;
    for (let times = 0; times < 5; times += 1) histogram.record(latency * (1 + times / 200));
  }
  totals.latencies(of.measure, of.group, phase, histogram);
  return {
    measure: of.measure,
    group: of.group,
    count: histogram.count,
    p50: histogram.percentile(50),
    p90: histogram.percentile(90),
    p99: histogram.percentile(99),
    max: histogram.maxUs,
  };
}

class Totals {
  readonly #counts = new Map<string, NamedCount>();
  readonly #histograms = new Map<
    string,
    { key: Omit<NamedHistogram, "hdr">; histogram: LatencyHistogram }
  >();

  count(entry: NamedCount): void {
    const key = JSON.stringify([entry.counter, entry.group, entry.phase, entry.label]);
    this.#counts.set(key, { ...entry, value: entry.value + (this.#counts.get(key)?.value ?? 0) });
  }

  latencies(measure: MeasureName, group: string, phase: string, histogram: LatencyHistogram): void {
    const name = JSON.stringify([measure, group, phase]);
    const entry = this.#histograms.get(name) ?? {
      key: { measure, group, phase },
      histogram: LatencyHistogram.empty(),
    };
    entry.histogram.add(histogram);
    this.#histograms.set(name, entry);
  }

  counts(): NamedCount[] {
    return [...this.#counts.values()];
  }

  histograms(): NamedHistogram[] {
    return [...this.#histograms.values()].map(({ key, histogram }) => ({
      ...key,
      hdr: histogram.encode(),
    }));
  }
}

/** Numbers from 0 to 1, the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
