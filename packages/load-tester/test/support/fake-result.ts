import type { LoadTestResult } from "../../src/results/result.ts";
import { count, latencies, runOf, states, windowOf } from "./fake-windows.ts";

/** A result of ten seconds, with latencies of a group, and budgets that hold. */
export function fakeResult(parts: Partial<LoadTestResult> = {}): LoadTestResult {
  const windows = Array.from({ length: 10 }, (_, second) => {
    const phase = second < 5 ? "ramp" : "steady";
    return windowOf(second, {
      histograms: [
        latencies("request_block", "leech", phase, [900, 1_100 + second, 4_000]),
        latencies("lateness", "", phase, [40, 90]),
      ],
      counts: [
        count("bytes_down", 3 * 2 ** 20, { phase }),
        count("arrived", 1, { phase }),
        count("closed_by_target", 1, { phase, label: "ECONNRESET" }),
      ],
      gauges: { leech: states(second + 1) },
    });
  });
  const run = runOf(windows);
  const { durationMs, phases, groups, targets, totals } = run;
  return {
    format: "troupe-load-test",
    version: 1,
    name: "small",
    seed: 7,
    scenario: "name: small\n",
    startedAt: "2026-01-31T12:00:00.000Z",
    durationMs,
    phases,
    groups,
    targets,
    generators: [{ name: "local", threads: 1, peers: 20, lostAt: undefined }],
    histograms: totals.histograms(),
    counts: totals.counts(),
    seconds: run.seconds.map((second) => ({
      ...second,
      targets: { ours: { cpuMs: 250, rssBytes: 130 * 2 ** 20, descriptors: 44 } },
    })),
    budgets: [
      { text: "request_block{leech,steady}.p99 < 50ms", seen: 4_000, allowed: 50_000, holds: true },
    ],
    outcome: { kind: "passed" },
    ...parts,
  };
}
