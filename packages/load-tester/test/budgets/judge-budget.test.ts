import test from "ava";
import { AbortWatch } from "../../src/budgets/abort-watch.ts";
import { judgeBudget } from "../../src/budgets/judge-budget.ts";
import { parseBudget } from "../../src/budgets/parse-budget.ts";
import { spellVerdict } from "../../src/budgets/spell-verdict.ts";
import type { Window } from "../../src/measures/measures.ts";
import type { MeasuredRun } from "../../src/results/measured-run.ts";
import type { Second } from "../../src/results/result.ts";
import { count, group, latencies, runOf, target, windowOf } from "../support/fake-windows.ts";

const mebibyte = 2 ** 20;
const steady = { phase: "steady" };

/** Ten seconds: 1 MiB down a second, 2 MiB from second 5 on; a latency of 10 ms, 20 ms from second 5 on. */
function busyRun(parts: Partial<MeasuredRun> = {}): MeasuredRun {
  const windows = Array.from({ length: 10 }, (_, second): Window => {
    const phase = second < 5 ? "ramp" : "steady";
    const factor = second < 5 ? 1 : 2;
    return windowOf(second, {
      histograms: [
        latencies("request_block", "leech", phase, [10_000 * factor]),
        latencies("request_block", "storm", phase, [900_000]),
        latencies("lateness", "", phase, [100 * (second + 1)]),
      ],
      counts: [
        count("bytes_down", factor * mebibyte, { phase }),
        count("arrived", 10, { phase }),
        count("requests", 90, { phase }),
        count("refused", 1, { phase, label: "ECONNREFUSED" }),
        count("closed_by_target", 50, { phase, group: "storm" }),
        count("arrived", 50, { phase, group: "storm" }),
      ],
    });
  });
  const run = runOf(windows, parts);
  const seconds = run.seconds.map((second): Second => ({
    ...second,
    targets: {
      ours: {
        cpuMs: second.second < 5 ? 200 : 800,
        rssBytes: (100 + 10 * second.second) * mebibyte,
        descriptors: 40 + second.second,
      },
    },
  }));
  return { ...run, seconds };
}

for (const [text, seen, holds] of [
  ["request_block{leech,steady}.p99 < 50ms", 20_000, true],
  ["request_block{leech}.p50 < 10ms", 10_000, false],
  ["request_block{leech}.max <= 20.1ms", 20_000, true],
  ["request_block{leech}.mean < 15.1ms", 15_000, true],
  ["request_block{leech,ramp}.count >= 5", 5, true],
  ["request_block.p99 < 50ms", 900_000, false],
  ["lateness.p99 < 10ms", 1_000, true],
  ["arrived{leech} > 100", 100, false],
  ["arrived{leech,ramp} >= 50", 50, true],
  ["throughput.mean > 1.4MiB/s", 1.5 * mebibyte, true],
  ["throughput{steady}.min >= 2MiB/s", 2 * mebibyte, true],
  ["throughput{leech,ramp}.max < 2MiB/s", mebibyte, true],
  ["bytes_down{steady} > 9MiB", 10 * mebibyte, true],
  ["requests.p50 >= 90/s", 90, true],
  ["refused / arrived{leech} <= 10%", 0.1, true],
  ["errors < 1%", 0.01, false],
  ["errors{storm} <= 100%", 1, true],
  ["target.rss.max < base + 128MiB", 190 * mebibyte, true],
  ["target.rss.max < base + 90MiB", 190 * mebibyte, false],
  ["target{ours,ramp}.rss.max < base * 1.5", 140 * mebibyte, true],
  ["target.cpu.mean < 60%", 0.5, true],
  ["target{steady}.cpu.min >= 0.8", 0.8, true],
  ["target.cpu.total < 5s", 5_000_000, false],
  ["target{steady}.cpu.per_gib < 410s", (4_000_000 * 1024) / 10, true],
  ["target.descriptors.p50 < 50", 44, true],
  ["own.rss.max < 2MiB", mebibyte, true],
  ["own.cpu.max <= 10%", 0.1, true],
] as const) {
  test(`${text} ${holds ? "holds" : "is broken"}`, (t) => {
    const verdict = judgeBudget(parseBudget(text), busyRun());
    const { seen: value = Number.NaN } = verdict;
    t.true(Math.abs(value - seen) <= seen / 500, `seen ${value}`);
    t.is(verdict.holds, holds);
    t.is(verdict.text, text);
  });
}

for (const text of [
  "announce.p99 < 50ms",
  "completed / completed > 1%",
  "errors{nobody} < 1%",
  "target{absent}.rss.max < 1GiB",
]) {
  test(`${text} is broken when nothing was measured`, (t) => {
    const groups = [group("leech"), group("nobody")];
    const targets = [target("absent")];
    const verdict = judgeBudget(parseBudget(text), busyRun({ groups, targets }));
    t.deepEqual([verdict.seen, verdict.holds], [undefined, false]);
  });
}

test("a budget on base is broken for a target without a base", (t) => {
  const targets = [target("ours", { baseRssBytes: undefined })];
  const verdict = judgeBudget(parseBudget("target.rss.max < base + 1GiB"), busyRun({ targets }));
  t.deepEqual([verdict.seen, verdict.holds], [undefined, false]);
});

test("a budget on several targets is as good as the worst of them", (t) => {
  const run = busyRun({ targets: [target("ours"), target("other")] });
  const seconds = run.seconds.map((second): Second => {
    const other = { cpuMs: 0, rssBytes: 300 * mebibyte, descriptors: 1 };
    return { ...second, targets: { ...second.targets, other } };
  });
  const judge = (text: string) => judgeBudget(parseBudget(text), { ...run, seconds });
  t.deepEqual(judge("target.rss.max < 250MiB").seen, 300 * mebibyte);
  t.deepEqual(judge("target.rss.max < 400MiB").seen, 300 * mebibyte);
  t.deepEqual(judge("target.rss.max > 100MiB").seen, 190 * mebibyte);
});

test("a second that the end of the run cuts short has no rate", (t) => {
  const verdict = judgeBudget(
    parseBudget("throughput{steady}.min > 0B/s"),
    runOf(
      [5, 6].map((second) =>
        windowOf(second, { counts: [count("bytes_down", second === 6 ? 1 : 1_000, steady)] }),
      ),
      { durationMs: 6_100 },
    ),
  );
  t.is(verdict.seen, 1_000);
});

test("a verdict is spelled in the unit of its budget", (t) => {
  const spelled = (text: string) => {
    const { seen, allowed } = spellVerdict(judgeBudget(parseBudget(text), busyRun()));
    return { seen, allowed };
  };
  t.deepEqual(spelled("request_block{leech,steady}.p99 < 50ms"), {
    seen: "20 ms",
    allowed: "50 ms",
  });
  t.deepEqual(spelled("errors < 0.1%"), { seen: "1 %", allowed: "0.1 %" });
  t.deepEqual(spelled("target.rss.max < base + 128MiB"), { seen: "190 MiB", allowed: "228 MiB" });
  t.deepEqual(spelled("throughput.mean > 10MB/s"), { seen: "1.50 MiB/s", allowed: "9.54 MiB/s" });
  t.deepEqual(spelled("unchoke.p50 < 2s"), { seen: "not measured", allowed: "2 s" });
  t.deepEqual(spelled("arrived >= 2000"), { seen: "600", allowed: "2,000" });
});

test("a budget of abort ends the run once it has been broken for long enough", (t) => {
  const watch = new AbortWatch([{ budget: "refused <= 2", afterMs: 2_000 }]);
  const refusals = [0, 2, 3, 4, 5].map((total) => total);
  const seen = refusals.map((total, second) => {
    const run = runOf([windowOf(0, { counts: [count("refused", total)] })]);
    return watch.judge({ ...run, durationMs: 1_000 * (second + 1) });
  });
  t.deepEqual(seen, [undefined, undefined, undefined, undefined, "refused <= 2"]);
});

test("a budget of abort that holds again begins anew", (t) => {
  const watch = new AbortWatch([{ budget: "connect.p50 < 1ms", afterMs: 1_000 }]);
  const judge = (second: number, values: readonly number[]) => {
    const histograms = [latencies("connect", "leech", "steady", values)];
    return watch.judge({ ...runOf([windowOf(0, { histograms })]), durationMs: 1_000 * second });
  };
  t.is(judge(1, [5_000]), undefined);
  t.is(judge(2, [10, 10, 5_000]), undefined);
  t.is(judge(3, [5_000]), undefined);
  t.is(judge(4, [5_000]), "connect.p50 < 1ms");
});

test("a budget of abort about something that was not measured yet ends nothing", (t) => {
  const watch = new AbortWatch([{ budget: "completion.p50 < 1ms", afterMs: 0 }]);
  t.is(watch.judge(runOf([windowOf(0)])), undefined);
});
