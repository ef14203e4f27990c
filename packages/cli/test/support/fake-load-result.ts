// The result of a load test that nobody ran. Its histograms are those of a fixed list of latencies.

import { parseResult, type LoadTestResult, type RunFacts } from "@troupe/load-tester";
import { LatencyHistogram } from "../../../load-tester/src/measures/latency-histogram.ts";

const mebibyte = 2 ** 20;
const steady = { phase: "steady", label: "" } as const;

/** Ten seconds: 20 leechers in a closed loop, 5 hostile peers, a target, two budgets of which one is broken. */
export function fakeLoadResult(parts: Partial<LoadTestResult> = {}): LoadTestResult {
  const states = { waiting: 0, connecting: 1, open: 2, unchoked: 12, complete: 5, gone: 0 };
  const text: LoadTestResult = {
    format: "troupe-load-test",
    version: 1,
    name: "small-swarm",
    seed: 7,
    scenario: "name: small-swarm\n",
    startedAt: "2026-01-31T12:00:00.000Z",
    durationMs: 10_000,
    phases: [
      { name: "ramp", beginMs: 0, endMs: 4_000 },
      { name: "steady", beginMs: 4_000, endMs: 10_000 },
    ],
    groups: [
      group("leech", 20, "leecher", "closed, depth 4"),
      group("storm", 5, "hostile: slow-handshake", ""),
    ],
    targets: [
      {
        name: "ours",
        address: "127.0.0.1:6881",
        client: "troupe 0.1.0",
        settings: [
          ["max-peers", "28"],
          ["upload-slots", "all"],
        ],
        remarks: ["its half-open connections cannot be limited"],
        isLocal: true,
        baseRssBytes: 100 * mebibyte,
      },
    ],
    generators: [{ name: "local", threads: 1, peers: 25, lostAt: undefined }],
    histograms: [
      { measure: "connect", group: "leech", phase: "ramp", hdr: encodedHistogram([180, 220, 950]) },
      {
        measure: "request_block",
        group: "leech",
        phase: "steady",
        hdr: encodedHistogram([900, 1_000, 1_100, 4_000, 61_000]),
      },
      { measure: "lateness", group: "", phase: "steady", hdr: encodedHistogram([10, 20, 400]) },
    ],
    counts: [
      { counter: "arrived", group: "leech", phase: "ramp", label: "", value: 20 },
      { counter: "opened", group: "leech", phase: "ramp", label: "", value: 20 },
      { counter: "requests", group: "leech", ...steady, value: 1_930 },
      { counter: "bytes_down", group: "leech", ...steady, value: 30 * mebibyte },
      {
        counter: "closed_by_target",
        group: "storm",
        phase: "steady",
        label: "ECONNRESET",
        value: 4,
      },
      { counter: "planned", group: "leech", ...steady, value: 20 },
      { counter: "sent", group: "leech", ...steady, value: 20 },
      { counter: "answered", group: "leech", ...steady, value: 1_920 },
      { counter: "unanswered", group: "leech", phase: "steady", label: "timeout", value: 10 },
    ],
    seconds: Array.from({ length: 10 }, (_, second) => ({
      second,
      counts: { bytes_down: { leech: 3 * mebibyte }, requests: { leech: 193 } },
      gauges: { leech: states },
      latencies: [],
      targets: {
        ours: { cpuMs: 250, rssBytes: (110 + second) * mebibyte, descriptors: 44 },
      },
      own: { cpuMs: 120, rssBytes: 90 * mebibyte, descriptors: 40 },
    })),
    budgets: [
      {
        text: "request_block{leech,steady}.p99 < 50ms",
        seen: 61_000,
        allowed: 50_000,
        holds: false,
      },
      {
        text: "target.rss.max < base + 128MiB",
        seen: 119 * mebibyte,
        allowed: 228 * mebibyte,
        holds: true,
      },
    ],
    outcome: { kind: "budget-broken" },
    ...parts,
  };
  return parseResult(JSON.stringify(text), "fake");
}

/** Facts of the same run at its begin. */
export function fakeFacts(): RunFacts {
  const { name, seed, startedAt, durationMs, phases, groups, targets, budgets } = fakeLoadResult();
  const texts = budgets.map(({ text }) => text);
  return { name, seed, startedAt, durationMs, phases, groups, targets, budgets: texts };
}

function group(name: string, count: number, behaviour: string, pace: string) {
  return { name, target: "ours", behaviour, count, pace, isClosedLoad: pace.startsWith("closed") };
}

function encodedHistogram(values: readonly number[]): string {
  const histogram = LatencyHistogram.empty();
  for (const value of values) histogram.record(value);
  return histogram.encode();
}
