import test from "ava";
import { judgeBudget } from "../../../src/budgets/judge-budget.ts";
import { parseBudget } from "../../../src/budgets/parse-budget.ts";
import type { MeasuredRun } from "../../../src/results/measured-run.ts";
import { runFigures } from "../../../src/results/summary/run-figures.ts";
import { count, latencies, runOf, windowOf } from "../../support/fake-windows.ts";

/** Two seconds of warm-up with slow blocks, four with 1 MiB a second, four without any. */
function warmedRun(): MeasuredRun {
  const windows = Array.from({ length: 10 }, (_, second) => {
    const phase = second < 2 ? "warm-up" : "steady";
    if (second >= 6) return windowOf(second);
    return windowOf(second, {
      histograms: [latencies("request_block", "leech", phase, [second < 2 ? 90_000 : 1_000])],
      counts: [count("bytes_down", 2 ** 20, { phase }), count("requests", 64, { phase })],
    });
  });
  const phases = [
    { name: "warm-up", beginMs: 0, endMs: 2_000 },
    { name: "steady", beginMs: 2_000, endMs: 10_000 },
  ];
  return runOf(windows, { phases });
}

test("totals and latencies leave the warm-up out, and each phase has its own", (t) => {
  const { latencies: whole, phases, totals } = runFigures(warmedRun());
  t.is(totals.requests, 4 * 64);
  t.like(whole[0], { measure: "request_block", count: 4, max: 1_000 });
  t.deepEqual(
    phases.map(({ name, isWarmUp, downBytesPerSecond }) => [name, isWarmUp, downBytesPerSecond]),
    [
      ["warm-up", true, 2 ** 20],
      ["steady", false, 2 ** 19],
    ],
  );
  t.like(phases[0]?.latencies[0], { count: 2, perSecond: 1 });
  t.like(phases[1]?.latencies[0], { count: 4, perSecond: 0.5, p50: 1_000 });
});

test("a rate is that of the seconds in which something happened", (t) => {
  t.like(runFigures(warmedRun()).busyRates, { requests: 64, bytes_down: 2 ** 20 });
});

test("budgets leave the warm-up out", (t) => {
  const run = warmedRun();
  for (const [text, seen] of [
    ["request_block.max < 50ms", 1_000],
    ["requests >= 100", 256],
    ["throughput.min >= 0B/s", 0],
    ["throughput.max > 100KiB/s", 2 ** 20],
    ["throughput.mean > 100KiB/s", 2 ** 19],
  ] as const) {
    t.like(judgeBudget(parseBudget(text), run), { seen, holds: true }, text);
  }
});
