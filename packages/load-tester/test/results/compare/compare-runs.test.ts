import test from "ava";
import type { NamedCount } from "../../../src/measures/measures.ts";
import { compareRuns } from "../../../src/results/compare/compare-runs.ts";
import { ratioOf } from "../../../src/results/compare/side-values.ts";
import type { LoadTestResult } from "../../../src/results/result.ts";
import { fakeResult } from "../../support/fake-result.ts";
import { count, group, latencies, runOf, windowOf } from "../../support/fake-windows.ts";

/** A run whose latencies spread around a median; each second has other values. */
function runWith(medianUs: number, { bytes = 2 ** 20, cpuMs = 300 } = {}): LoadTestResult {
  const windows = Array.from({ length: 10 }, (_, second) =>
    windowOf(second, {
      histograms: [
        latencies(
          "request_block",
          "leech",
          "steady",
          [0.6, 0.8, 1, 1.2, 1.9].map((factor) => factor * medianUs),
        ),
        latencies("connect", "storm", "steady", [medianUs * 100]),
      ],
      counts: [count("bytes_down", bytes), count("arrived", 1)],
    }),
  );
  const { totals, seconds, durationMs, phases, groups, targets } = runOf(windows);
  return fakeResult({
    durationMs,
    phases,
    groups,
    targets,
    histograms: totals.histograms(),
    counts: totals.counts(),
    seconds: seconds.map((second) => ({
      ...second,
      targets: { ours: { cpuMs, rssBytes: 2 ** 27, descriptors: 4 } },
    })),
  });
}

const broken = (before: readonly LoadTestResult[], after: readonly LoadTestResult[]) =>
  compareRuns(before, after)
    .verdicts.filter(({ holds }) => !holds)
    .map(({ text }) => text);

test("the ratio of two sides is that of their medians, its range over all pairs", (t) => {
  const ratio = ratioOf([10, 20, 40], [30, 60]);
  t.is(ratio?.ratio, 45 / 20);
  t.deepEqual(ratio?.range, [30 / 40, 60 / 10]);
  t.is(ratioOf([0], [0])?.ratio, 1);
  t.is(ratioOf([0], [5])?.ratio, Infinity);
  t.is(ratioOf([], [5]), undefined);
});

test("a sleep of 5 ms on the way of each block is found in one pair of runs, on machines that swing by two", (t) => {
  for (const baseUs of [200, 1_000, 2_000]) {
    for (const swing of [0.5, 1, 2]) {
      const after = runWith(baseUs * swing + 5_000);
      const found = broken([runWith(baseUs)], [after]);
      t.deepEqual(
        found,
        ["request_block{group=leech}.p10 <= 2.5", "request_block{group=leech}.p50 <= 2.5"],
        `${baseUs} ${swing}`,
      );
    }
  }
});

test("a machine that swings by two is no change of the target", (t) => {
  for (const baseUs of [200, 1_000, 50_000]) {
    for (const swing of [0.5, 1, 2]) {
      const after = runWith(baseUs * swing, { bytes: 2 ** 20 / swing });
      t.deepEqual(broken([runWith(baseUs)], [after]), [], `${baseUs} ${swing}`);
    }
  }
});

test("one run of five that is ten times slower changes no median", (t) => {
  const calm = [1, 2, 3, 4].map(() => runWith(1_000));
  t.deepEqual(
    broken([...calm, runWith(1_000)], [...calm, runWith(10_000, { bytes: 2 ** 17 })]),
    [],
  );
});

test("less than 40 % of the throughput, and more than 2.5 times the CPU time a GiB, are found", (t) => {
  const before = [runWith(1_000)];
  t.deepEqual(broken(before, [runWith(1_000, { bytes: 2 ** 18, cpuMs: 70 })]), [
    "throughput.mean >= 0.4",
  ]);
  t.deepEqual(broken(before, [runWith(1_000, { cpuMs: 800 })]), [
    "target{target=ours}.cpu.per_gib <= 2.5",
  ]);
});

test("given budgets take the place of the default ones", (t) => {
  const { verdicts } = compareRuns(
    [runWith(1_000)],
    [runWith(1_150)],
    [
      "request_block.p99 < 1.1",
      "request_block{leech}.p50 < 120%",
      "throughput.mean > 0.9",
      "announce.p50 < 2",
    ],
  );
  t.deepEqual(
    verdicts.map(({ holds }) => holds),
    [false, false, true, true],
  );
  t.is(verdicts[0]?.seen?.ratio.toFixed(2), "1.15");
  t.is(verdicts[1]?.seen, undefined);
});

test("broken checks come first", (t) => {
  const { verdicts } = compareRuns([runWith(1_000)], [runWith(1_000, { cpuMs: 3_000 })]);
  t.regex(verdicts[0]?.text ?? "", /cpu\.per_gib/);
  t.is(verdicts[0]?.holds, false);
  t.true(verdicts.length > 3 && verdicts.slice(1).every(({ holds }) => holds));
});

test("a percentile that is the slowest latency of a run says of how many", (t) => {
  const { rows } = compareRuns([runWith(1_000)], [runWith(1_000)]);
  const of = (name: string) => rows.find((row) => row.name === name)?.maximumOf;
  t.is(of("request_block{group=leech}.p50"), undefined);
  t.is(of("request_block{group=leech}.p99"), 50);
  t.is(of("throughput.mean"), undefined);
});

test("a budget that names no group of the runs is refused", (t) => {
  t.throws(() => compareRuns([fakeResult()], [fakeResult()], ["connect{leach}.p50 < 2"]), {
    code: "budget-malformed",
    message: /did you mean leech\?/,
  });
  t.throws(() => compareRuns([fakeResult()], [], []), { code: "option-out-of-range" });
});

test("rows name each latency by measure, group and percentile, and can be written as budgets", (t) => {
  const runs = [runWith(1_000)] as const;
  const { rows } = compareRuns(runs, runs);
  t.deepEqual(
    rows.map(({ name }) => name).filter((name) => !name.startsWith("connect")),
    [
      "request_block{group=leech}.p10",
      "request_block{group=leech}.p50",
      "request_block{group=leech}.p90",
      "request_block{group=leech}.p99",
      "request_block{group=leech}.p99.9",
      "throughput.mean",
      "target{target=ours}.cpu.per_gib",
      "target{target=ours}.rss.max",
      "errors",
      "own.cpu.mean",
    ],
  );
  t.true(rows.every(({ ratio }) => ratio === 1));
  t.deepEqual([rows[5]?.isClosedLoad, rows.at(-1)?.isClosedLoad], [true, false]);
  const { verdicts } = compareRuns(
    runs,
    runs,
    rows.map(({ name }) => `${name} <= 1`),
  );
  t.true(verdicts.every(({ holds }) => holds));
});

test("remarks tell of other scenarios, other seeds and broken budgets of the runs", (t) => {
  const other = brokenRun({ scenario: "name: other", seed: 8 });
  t.deepEqual(compareRuns([fakeResult()], [fakeResult(), other]).remarks, [
    "the runs have different scenarios",
    "the runs have different seeds",
    "run 2 of the side after did not pass by itself: budget-broken: 1 of 1 budgets broken: errors < 1%",
  ]);
});

/** A run of two groups; of `silent` there are no latencies. */
function runOfTwo(silent?: "leech" | "late"): LoadTestResult {
  const result = runWith(1_000);
  const late = latencies("request_block", "late", "steady", [1_000]);
  // A request without an answer has a latency too: its age.
  const counts = ["leech", "late"].flatMap((name): NamedCount[] =>
    name === silent
      ? []
      : [{ counter: "answered", group: name, phase: "steady", label: "", value: 1 }],
  );
  return {
    ...result,
    counts: [...result.counts, ...counts],
    groups: [...result.groups, group("late")],
    histograms: [...result.histograms, late].filter((one) => one.group !== silent),
  };
}

test("a group has rows although the first run of a side has no latency of it", (t) => {
  const { rows } = compareRuns([runOfTwo("late"), runOfTwo()], [runOfTwo()]);
  const row = rows.find(({ name }) => name === "request_block{group=late}.p50");
  t.deepEqual([row?.before.values.length, row?.after.values.length], [1, 1]);
});

test("a target that answers nothing after the change breaks a comparison, also with ages in its histogram", (t) => {
  const silent = runOfTwo("late");
  const { histograms } = runOfTwo();
  const verdicts = broken([runOfTwo()], [{ ...silent, histograms }]);
  t.deepEqual(verdicts, ["request_block{group=late}.p50 <= 2.5"]);
});

test("latencies that are gone after the change break a comparison", (t) => {
  t.deepEqual(broken([runOfTwo()], [runOfTwo("late")]), ["request_block{group=late}.p50 <= 2.5"]);
  t.deepEqual(broken([runOfTwo("late")], [runOfTwo()]), []);
});

test("runs that ended before their first second break a comparison", (t) => {
  const empty = fakeResult({ durationMs: 0, seconds: [], histograms: [], counts: [], phases: [] });
  t.deepEqual(broken([empty], [empty]), ["throughput.mean >= 0.4"]);
});

/** A run with a broken budget of its own. */
function brokenRun(parts: Partial<LoadTestResult> = {}): LoadTestResult {
  const budgets = [{ text: "errors < 1%", seen: 0.02, allowed: 0.01, holds: false }];
  return { ...runWith(1_000), budgets, outcome: { kind: "budget-broken" }, ...parts };
}

test("a budget that only the runs after the change break, breaks a comparison", (t) => {
  const { verdicts } = compareRuns([runWith(1_000)], [brokenRun()]);
  t.like(verdicts[0], {
    text: "budget of the runs: errors < 1%",
    seenText: "broken by no run before, and by 1 of 1 after",
    holds: false,
  });
  t.deepEqual(broken([brokenRun()], [brokenRun()]), []);
});

test("a comparison has the verdict on each run, also with checks that hold", (t) => {
  const saturated = { kind: "generator-saturated", reason: "12 ms late" } as const;
  const { runs, verdicts } = compareRuns(
    [runWith(1_000)],
    [runWith(1_000), { ...runWith(1_000), outcome: saturated }],
  );
  t.true(verdicts.every(({ holds }) => holds));
  t.deepEqual(
    runs.map(({ side, number, verdict }) => [side, number, verdict]),
    [
      ["before", 1, "ok"],
      ["after", 1, "ok"],
      ["after", 2, "proves-nothing"],
    ],
  );
});

test("given budgets take the place of the budgets of the runs, and not of their verdicts", (t) => {
  const stopped = { ...brokenRun(), outcome: { kind: "stopped" } } as const;
  const { runs, verdicts } = compareRuns(
    [runWith(1_000)],
    [brokenRun(), stopped],
    ["throughput.mean > 0.9"],
  );
  t.deepEqual(
    verdicts.map(({ text, holds }) => [text, holds]),
    [["throughput.mean > 0.9", true]],
  );
  t.deepEqual(
    runs.map(({ verdict }) => verdict),
    ["ok", "budget-broken", "proves-nothing"],
  );
});

/** A run whose target left some of a thousand requests of each group without an answer. */
function unansweredRun(shares: Readonly<Record<string, number>>): LoadTestResult {
  const result = runWith(1_000);
  const counts = Object.entries(shares).flatMap(([name, share]): NamedCount[] => {
    const part = { group: name, phase: "steady", label: "" };
    return [
      { counter: "unanswered", ...part, value: 1_000 * share },
      { counter: "answered", ...part, value: 1_000 * (1 - share) },
    ];
  });
  return {
    ...result,
    groups: [...result.groups, group("late")],
    counts: [...result.counts, ...counts],
  };
}

test("an unanswered share may be one percentage point above that before the change", (t) => {
  for (const [before, after, isBroken] of [
    [0, 0.01, false],
    [0.06, 0.07, false],
    [0, 0.011, true],
    [0.5, 0.52, true],
    [0.5, 0.1, false],
  ] as const) {
    const found = broken([unansweredRun({ leech: before })], [unansweredRun({ leech: after })]);
    const check = "unanswered_share{group=leech} <= before + 1%";
    t.deepEqual(found, isBroken ? [check] : [], `${before} ${after}`);
  }
});

test("unanswered shares are judged by group and by the median of each side, hostile groups apart", (t) => {
  const [calm, silent] = [
    { leech: 0.3, late: 0, storm: 0 },
    { leech: 0.3, late: 0.2, storm: 0.9 },
  ];
  const { rows, verdicts } = compareRuns([unansweredRun(calm)], [unansweredRun(silent)]);
  t.like(verdicts[0], {
    text: "unanswered_share{group=late} <= before + 1%",
    seenText: "0 % before, 20 % after",
    holds: false,
  });
  t.true(verdicts.slice(1).every(({ holds }) => holds));
  t.deepEqual(
    rows.map(({ name }) => name).filter((name) => name.startsWith("unanswered_share")),
    ["unanswered_share{group=leech}", "unanswered_share{group=late}"],
  );
  const three = [calm, calm, silent].map(unansweredRun);
  t.deepEqual(broken([unansweredRun(calm)], three), []);
});
