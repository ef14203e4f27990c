import test from "ava";
import { RunRecord } from "../../src/api/run-record.ts";
import { LatencyHistogram } from "../../src/measures/latency-histogram.ts";
import type { CounterName, Window } from "../../src/measures/measures.ts";
import type { Share } from "../../src/plan/plan.ts";
import { parseResult } from "../../src/results/file/result-file.ts";
import { RunTotals } from "../../src/results/merge/run-totals.ts";
import type { LoadTestResult, Second } from "../../src/results/result.ts";
import { read } from "../support/scenarios.ts";

const scenario = read(`
name: recorded
targets: { client: "127.0.0.1:6881" }
torrents: { payload: { size: 1MiB } }
groups: { leech: { behaviour: leecher, count: 10, load: { depth: 1 } } }
phases: { ramp: 1s, steady: 2s }
budgets: [ "request_block{leech,steady}.p99 < 50ms" ]
abort: [ { budget: "request_block.p50 < 1s" } ]
`);

class TestRecord {
  nowMs = 10_000;
  readonly seconds: Second[] = [];
  partial: LoadTestResult | undefined;
  readonly broken: string[] = [];
  readonly unheard = new Map<string, Share>();
  readonly record = new RunRecord(scenario, {
    nowMs: () => this.nowMs,
    onSecond: (second, _soFar, partial) => {
      this.seconds.push(second);
      this.partial = partial();
    },
    broken: (budget) => this.broken.push(budget),
  });

  begin(generators: number): void {
    const facts = Array.from({ length: generators }, (_, index) => ({
      ...{ name: `generator-${index}`, threads: 1, peers: 5, lostAt: undefined },
    }));
    const { unheard } = this;
    this.record.begin({ startMs: 10_000, startEpochMs: 1_000, generators: { facts, unheard } });
  }

  /** The window of a generator; the use of targets is known. */
  take(generator: number, second: number, latencyMs: number): void {
    this.record.takeUse(second, {});
    this.record.take(`generator-${generator}`, windowOf(second, latencyMs));
  }

  outcome(): string {
    this.record.stop();
    this.record.end();
    return this.record.result({ kind: "over" }).outcome.kind;
  }
}

function windowOf(second: number, latencyMs: number): Window {
  const histogram = LatencyHistogram.empty();
  histogram.record(1_000 * latencyMs);
  const phase = second === 0 ? "ramp" : "steady";
  return {
    second,
    histograms: [{ measure: "request_block", group: "leech", phase, hdr: histogram.encode() }],
    counts: [{ counter: "blocks", group: "leech", phase, label: "", value: 1 }],
    gauges: {},
    own: { cpuMs: 0, rssBytes: 0, descriptors: 0 },
  };
}

test("a second is told once the windows of all generators are in", (t) => {
  const test = new TestRecord();
  test.begin(2);
  test.take(0, 0, 1);
  t.is(test.seconds.length, 0);
  test.take(1, 0, 1);
  t.is(test.seconds[0]?.counts["blocks"]?.["leech"], 2);
});

test("the budgets of a whole run decide its outcome", (t) => {
  for (const [latencyMs, outcome] of [
    [40, "passed"],
    [60, "budget-broken"],
  ] as const) {
    const test = new TestRecord();
    test.begin(1);
    for (const second of [0, 1, 2]) test.take(0, second, second === 0 ? 900 : latencyMs);
    test.nowMs += 3_250;
    t.is(test.outcome(), outcome);
  }
});

test("a budget of `abort` is broken as soon as a second shows it", (t) => {
  const test = new TestRecord();
  test.begin(1);
  test.take(0, 0, 900);
  t.deepEqual(test.broken, []);
  test.take(0, 1, 1_500);
  test.take(0, 2, 1_500);
  t.deepEqual([...new Set(test.broken)], ["request_block.p50 < 1s"]);
});

test("the peers of a lost generator count as lost, and no second waits for it", (t) => {
  const test = new TestRecord();
  test.begin(2);
  test.take(0, 0, 1);
  test.nowMs += 1_500;
  t.is(test.record.lose("generator-1", { leech: 7 }), 1);
  t.is(test.seconds.length, 1);
  test.record.stop();
  test.record.end();
  const { counts } = test.record.result({ kind: "stopped" });
  t.deepEqual(
    counts.find(({ counter }) => counter === "lost_peers"),
    { counter: "lost_peers", group: "leech", phase: "steady", label: "", value: 7 },
  );
});

test("a result has the time of the load, and the reason of an early end", (t) => {
  const test = new TestRecord();
  test.begin(1);
  test.take(0, 0, 1);
  test.nowMs += 1_400;
  test.record.stop();
  test.nowMs += 900;
  test.record.end();
  const result = test.record.result({ kind: "stopped" });
  t.is(result.durationMs, 1_400);
  t.deepEqual(result.outcome, { kind: "stopped" });
  t.is(result.startedAt, "1970-01-01T00:00:01.000Z");
  t.is(result.scenario, scenario.text);
});

test("a run that ended before its beginning has a result without seconds", (t) => {
  const { record } = new TestRecord();
  const result = record.result({ kind: "stopped" });
  t.is(result.durationMs, 0);
  t.deepEqual(result.seconds, []);
});

test("a generator that was late in the phase of a budget alone is saturated", (t) => {
  const test = new TestRecord();
  test.begin(1);
  const late = (phase: string, count: number, latenessMs: number): void => {
    const histogram = LatencyHistogram.empty();
    for (let intent = 0; intent < count; intent += 1) histogram.record(1_000 * latenessMs);
    const named = { measure: "lateness", group: "", phase, hdr: histogram.encode() } as const;
    test.record.take("generator-0", { ...windowOf(0, 1), histograms: [named] });
  };
  late("ramp", 10_000, 1);
  late("steady", 50, 30);
  test.nowMs += 3_250;
  t.is(test.outcome(), "generator-saturated");
});

test("a window of a second after that of the drain is refused, and that of the drain counts in totals alone", (t) => {
  const test = new TestRecord();
  test.begin(1);
  test.take(0, 0, 1);
  test.take(0, 3, 1);
  test.take(0, 4, 1);
  test.take(0, 80_000, 1);
  test.nowMs += 3_250;
  test.record.stop();
  test.record.end();
  const { seconds, counts } = test.record.result({ kind: "over" });
  t.is(seconds.length, 1);
  t.is(
    counts.reduce((sum, { value }) => sum + value, 0),
    2,
  );
});

/** A window with counters of leeches. */
function counting(counts: Partial<Record<CounterName, number>>, phase = "steady"): Window {
  return {
    ...windowOf(1, 1),
    counts: Object.entries(counts).map(([counter, value]) => ({
      ...{ counter: counter as CounterName, group: "leech", phase, label: "", value },
    })),
  };
}

function resultOf(test: TestRecord): LoadTestResult {
  test.nowMs += 3_250;
  test.record.stop();
  test.record.end();
  return test.record.result({ kind: "over" });
}

test("accounts that do not close fail the run, and name group, phase and generator", (t) => {
  for (const counts of [
    { requests: 10, answered: 9 },
    { planned: 10, sent: 11 },
  ]) {
    const test = new TestRecord();
    test.begin(1);
    test.record.take("generator-0", counting(counts));
    const { outcome } = resultOf(test);
    t.is(outcome.kind === "failed" && outcome.code, "accounts-open");
    t.regex(outcome.kind === "failed" ? outcome.message : "", /leech in steady .* generator-0/);
  }
});

test("more than 1 % of requests without an answer break the run without a budget", (t) => {
  for (const [unanswered, kind] of [
    [10, "passed"],
    [11, "budget-broken"],
  ] as const) {
    const test = new TestRecord();
    test.begin(1);
    const answered = 1_000 - unanswered;
    test.record.take("generator-0", counting({ requests: 1_000, answered, unanswered }));
    const { outcome, budgets } = resultOf(test);
    t.is(outcome.kind, kind);
    t.deepEqual(
      budgets.slice(1).map(({ text, seen }) => [text, seen]),
      kind === "passed" ? [] : [["unanswered_share{group=leech} <= 1%", 0.011]],
    );
  }
});

test("peers that the target refused break the run without a budget", (t) => {
  const test = new TestRecord();
  test.begin(1);
  test.record.take("generator-0", counting({ planned: 50, sent: 49, not_sent_target: 1 }));
  t.is(resultOf(test).outcome.kind, "budget-broken");
});

test("a lost generator's peers are planned and not sent, although they had come", (t) => {
  const test = new TestRecord();
  test.begin(2);
  test.record.take("generator-0", counting({ planned: 5, sent: 5 }, "ramp"));
  test.record.take("generator-1", counting({ planned: 5, requests: 8, answered: 6 }, "ramp"));
  test.record.lose("generator-1", { leech: 5 });
  test.unheard.set("generator-1", { index: 1, of: 2 });
  const { outcome, counts } = resultOf(test);
  t.is(outcome.kind, "load-not-sent");
  t.regex("reason" in outcome ? outcome.reason : "", /5 of 10 planned visits of the group leech/);
  const totals = RunTotals.ofResult({ histograms: [], counts });
  t.deepEqual(
    (["planned", "sent", "not_sent_ours", "requests", "abandoned"] as const).map((counter) =>
      totals.count(counter),
    ),
    [10, 5, 5, 8, 2],
  );
});

test("a run that goes on has a partial result, which can be read again", (t) => {
  const run = new TestRecord();
  run.begin(1);
  run.nowMs = 11_000;
  run.take(0, 0, 5);
  const kept = parseResult(JSON.stringify(run.partial), "kept.json");
  t.deepEqual(kept.outcome, { kind: "partial" });
  t.is(kept.durationMs, 1_000);
  t.is(kept.seconds.length, 1);
  t.deepEqual(
    kept.counts.map(({ counter, value }) => [counter, value]),
    [["blocks", 1]],
  );
  t.not(run.outcome(), "partial");
});
