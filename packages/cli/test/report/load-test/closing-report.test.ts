import test from "ava";
import { compareRuns } from "@troupe/load-tester";
import { plainRoom } from "../../../src/display/table.ts";
import { closingReport, outcomeSentence } from "../../../src/report/load-test/closing-report.ts";
import { comparisonReport } from "../../../src/report/load-test/comparison-report.ts";
import { fakeLoadResult } from "../../support/fake-load-result.ts";

const lines = closingReport(fakeLoadResult(), plainRoom);

for (const line of [
  "small-swarm: 10.0 s, seed 7",
  "phases: ramp 4.00 s, steady 6.00 s",
  "leech  20 peers  leecher                  closed, depth 4  ours",
  "request_block leech (closed)      5  1.1 ms  max of 5  max of 5  max of 5   61 ms  0.518 %",
  "connect leech                     3  220 us  max of 3  max of 3  max of 3  950 us",
  "leech: planned visits     20  = 20 sent",
  "leech: requests        1,930  = 1,920 answered + 10 unanswered",
  "payload received      30.0 MiB  3.00 MiB/s",
  " 4  closed by target  storm  ECONNRESET",
  "ours  troupe 0.1.0",
  "      settings: max-peers 28, upload-slots all",
  "      its half-open connections cannot be limited",
  "planned actions  late by 400 us at p99, 400 us at most",
  "BROKEN  request_block{leech,steady}.p99 < 50ms    61 ms  allowed 50 ms",
  "failed: 1 of 2 budgets broken",
]) {
  test(`the closing report has the line ${line.trim()}`, (t) => {
    t.true(lines.includes(line), lines.join("\n"));
  });
}

for (const columns of [60, 80]) {
  test(`no line of the closing report or a comparison is wider than ${columns} columns`, (t) => {
    const room = { ...plainRoom, columns };
    const result = fakeLoadResult();
    const comparison = comparisonReport(compareRuns([result], [result]), false, room);
    for (const line of [...closingReport(result, room), ...comparison])
      t.true(line.length <= columns, line);
  });
}

test("a latency has a line for its name and a line for its times at 60 columns", (t) => {
  const narrow = closingReport(fakeLoadResult(), { ...plainRoom, columns: 60 });
  const at = narrow.indexOf("request_block leech (closed), 0.518 % unanswered");
  t.is(narrow[at + 1], "      5  1.1 ms  max of 5  max of 5  max of 5  61 ms");
  t.true(narrow.includes("BROKEN  request_block{leech,steady}.p99 < 50ms"));
});

test("the closing report says why closed latencies are labelled, and only then", (t) => {
  t.true(lines.some((line) => line.startsWith("closed: a peer asks again only after an answer")));
  const [group, ...others] = fakeLoadResult().groups;
  if (group === undefined) throw new Error("bug: no group");
  const groups = [{ ...group, pace: "open 100/s", isClosedLoad: false }, ...others];
  t.notRegex(closingReport(fakeLoadResult({ groups }), plainRoom).join("\n"), /closed: a peer/);
});

test("the closing report has rates and percentiles of each phase, and says that the warm-up does not count", (t) => {
  const at = lines.indexOf("by phase");
  t.regex(
    lines[at + 2] ?? "",
    /^steady {2}request_block leech \(closed\) +0\.8\/s +1\.1 ms +max of 5/,
  );
  t.regex(lines[at + 3] ?? "", /^steady {2}payload received +5\.00 MiB\/s/);
  const [, steady] = fakeLoadResult().phases;
  if (steady === undefined) throw new Error("bug: no phase");
  const phases = [{ name: "warm-up", beginMs: 0, endMs: 4_000 }, steady];
  const shown = closingReport(fakeLoadResult({ phases }), plainRoom);
  t.true(shown.includes("phases: warm-up 4.00 s (not counted), steady 6.00 s"));
});

test("the closing report says what polling for exact times cost", (t) => {
  const { seconds } = fakeLoadResult();
  const polled = seconds.map((second, at) => ({
    ...second,
    counts: { ...second.counts, polled_us: { "": at === 0 ? 800_000 : 620_000 } },
  }));
  const [first, second] = polled;
  if (first === undefined || second === undefined) throw new Error("bug: too few seconds");
  const shown = closingReport(fakeLoadResult({ seconds: [first, second] }), plainRoom).join("\n");
  t.regex(shown, /exact times\s+polling 71 % of a thread/);
  t.notRegex(lines.join("\n"), /polling/);
});

test("the closing report has each remark of generators once", (t) => {
  const remarks = ["peers dial ours from addresses that the system chooses"];
  const generators = [0, 1].map((index) => ({
    ...{ name: `generator-${index}`, threads: 1, peers: 5, lostAt: undefined, remarks },
  }));
  const shown = closingReport(fakeLoadResult({ generators }), plainRoom);
  t.is(shown.filter((line) => /^note +peers dial ours from/.test(line)).length, 1);
});

test("a run without a second has a report too", (t) => {
  const nothing = {
    seconds: [],
    histograms: [],
    counts: [],
    groups: [],
    targets: [],
    generators: [],
  };
  const budgets = [{ text: "errors < 1%", seen: undefined, allowed: 0.01, holds: false }];
  const outcome = { kind: "stopped" } as const;
  const result = fakeLoadResult({ ...nothing, budgets, outcome, phases: [], durationMs: 0 });
  t.deepEqual(closingReport(result, plainRoom), [
    "small-swarm: 0.00 s, seed 7",
    "phases: none",
    "",
    "budgets",
    "BROKEN  errors < 1%  not measured  allowed 1 %",
    "",
    "stopped before its end: these are the figures so far",
  ]);
});

for (const [outcome, sentence] of [
  [{ kind: "passed" }, "passed: every budget holds"],
  [{ kind: "aborted", budget: "errors < 1%" }, "aborted: the budget errors < 1% was broken"],
  [{ kind: "load-not-sent", reason: "5 of 10" }, "load-not-sent: 5 of 10"],
  [{ kind: "generator-saturated", reason: "late" }, "generator-saturated: late; the latencies"],
  [{ kind: "partial" }, "partial: these figures were kept during the run"],
  [
    { kind: "failed", code: "target-ended", message: "it ended" },
    "failed: it ended [target-ended]",
  ],
] as const) {
  test(`the outcome ${outcome.kind} is a sentence`, (t) => {
    t.true(outcomeSentence({ outcome, budgets: fakeLoadResult().budgets }).startsWith(sentence));
  });
}

test("a comparison shows medians, ratios and their range over all pairs", (t) => {
  const run = fakeLoadResult();
  const text = comparisonReport(compareRuns([run], [run, run]), false, plainRoom).join("\n");
  t.regex(
    text,
    /request_block\{group=leech\}\.p99 \(closed\) \(max of 5\) +61 ms +61 ms +1\.00 {2}1\.00 to 1\.00/,
  );
  t.regex(text, /without --budget: p10 and p50 .*2\.5 times and 2 ms/);
  t.regex(text, /no change beyond what is allowed$/);
});

test("a comparison begins with the broken budgets of the user, and counts them", (t) => {
  const run = fakeLoadResult({ outcome: { kind: "passed" } });
  const budgets = ["request_block.p99 < 1.1", "throughput.mean > 1.5", "announce.p50 < 2"];
  const report = comparisonReport(compareRuns([run], [run], budgets), true, plainRoom);
  t.deepEqual(report.slice(0, 3), [
    "BROKEN  throughput.mean > 1.5  ratio 1.00",
    "BROKEN  announce.p50 < 2  not measured",
    "",
  ]);
  t.deepEqual(report.slice(-3), [
    "holds   request_block.p99 < 1.1  ratio 1.00",
    "runs that passed by themselves: 2 of 2",
    "2 changes beyond what is allowed",
  ]);
});

test("a comparison names each run that did not pass by itself, and fails for one that proves nothing", (t) => {
  const passed = fakeLoadResult({ outcome: { kind: "passed" } });
  const partial = fakeLoadResult({ outcome: { kind: "partial" } });
  const budgets = ["throughput.mean > 0.5"];
  const comparison = compareRuns([fakeLoadResult()], [passed, partial], budgets);
  const report = comparisonReport(comparison, true, plainRoom);
  t.deepEqual(report.slice(0, 3), [
    "note: run 1 of the side before did not pass by itself: budget-broken: 1 of 2 budgets broken: request_block{leech,steady}.p99 < 50ms",
    "FAILED  run 2 of the side after proves nothing: partial: it was kept during its run",
    "",
  ]);
  t.deepEqual(report.slice(-2), [
    "runs that passed by themselves: 1 of 3",
    "failed: 1 run of 3 proves nothing",
  ]);
});

test("a comparison says which unanswered share has grown", (t) => {
  const passed = fakeLoadResult({ outcome: { kind: "passed" } });
  const counts = passed.counts.map((one) =>
    one.counter === "unanswered" ? { ...one, value: 480 } : one,
  );
  const [first] = comparisonReport(
    compareRuns([passed], [{ ...passed, counts }]),
    false,
    plainRoom,
  );
  t.is(first, "BROKEN  unanswered_share{group=leech} <= before + 1%  0.518 % before, 20 % after");
});
