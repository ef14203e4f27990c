import test from "ava";
import type { LoadTestResult, Second } from "../../../src/results/result.ts";
import { runData } from "../../../src/report/data/run-data.ts";
import type { RunData, RunPlace } from "../../../src/report/data/report-data.ts";
import { decodeSeries } from "../../../src/report/page/decode.ts";
import { syntheticResult } from "../../support/synthetic-result.ts";

const only: RunPlace = { label: "", isB: false, number: 0 };
const run = syntheticResult({ seconds: 6, groups: ["leech"], measures: ["connect"] });

function withSeconds(seconds: readonly Partial<Second>[]): LoadTestResult {
  const empty = {
    counts: {},
    gauges: {},
    latencies: [],
    targets: {},
    own: { cpuMs: 0, rssBytes: 0, descriptors: 0 },
  };
  return {
    ...run,
    seconds: seconds.map((second, index) => ({ second: index, ...empty, ...second })),
  };
}

const read = (data: RunData, text: string) => decodeSeries(text, data.columns.count);

test("growth of a counter is a second's of its group, 0 where it rests", (t) => {
  const data = runData(
    withSeconds([
      { counts: { blocks: { leech: 100 } } },
      {},
      { counts: { blocks: { leech: 50 } } },
    ]),
    only,
    1e6,
  );
  t.deepEqual(
    data.rates.map(({ counter, group }) => [counter, group]),
    [["blocks", "leech"]],
  );
  t.deepEqual(read(data, data.rates[0]?.values ?? ""), [100, 0, 50]);
});

test("a small bound joins seconds: rates are means, the p99 is the highest", (t) => {
  const latency = {
    measure: "connect",
    group: "leech",
    count: 10,
    p50: 100,
    p90: 120,
    p99: 130,
    max: 140,
  } as const;
  const seconds = Array.from({ length: 40 }, (_, second) => ({
    counts: { blocks: { leech: second % 2 === 0 ? 100 : 200 } },
    latencies: [{ ...latency, p99: second === 7 ? 250 : 130 }],
  }));
  const whole = runData(withSeconds(seconds), only, 1e6);
  const joined = runData(withSeconds(seconds), only, JSON.stringify(whole).length - 200);
  t.true(joined.columns.seconds > 1);
  t.is(read(joined, joined.rates[0]?.values ?? "")[0], 150);
  t.is(read(joined, joined.latencies[0]?.p99 ?? "")[Math.floor(7 / joined.columns.seconds)], 250);
  t.is(joined.latencies[0]?.count, 400);
});

test("a run has the percentiles of all its latencies, and those of each phase", (t) => {
  const both = syntheticResult({ seconds: 6, groups: ["leech"], measures: ["request_block"] });
  const { latencies, phases } = runData(both, only, 1e6).figures;
  const [whole] = latencies.filter(({ measure }) => measure === "request_block");
  t.deepEqual(
    phases.map(({ name }) => name),
    ["ramp", "steady", "drain"],
  );
  const counts = phases.flatMap((phase) => phase.latencies.map(({ count }) => count));
  t.is(
    whole?.count,
    counts.reduce((sum, count) => sum + count, 0),
  );
});

test("a phase that measured nothing and a state that no peer was in leave no series", (t) => {
  const states = { waiting: 0, connecting: 0, open: 0, unchoked: 0, complete: 0, gone: 0 };
  const data = runData(
    { ...withSeconds([{ gauges: { leech: { ...states, open: 3 } } }]), histograms: [] },
    only,
    1e6,
  );
  t.deepEqual(
    data.gauges.map(({ state }) => state),
    ["open"],
  );
  t.deepEqual(data.figures.latencies, []);
});

test("an aborted run has the seconds that it reached", (t) => {
  const data = runData(
    {
      ...run,
      seconds: run.seconds.slice(0, 4),
      outcome: { kind: "aborted", budget: "errors < 1%" },
    },
    only,
    1e6,
  );
  t.is(data.columns.count, 4);
  t.is(data.outcome.word, "Aborted");
});

test("latencies of what peers ask for are marked open or closed, a connect is neither", (t) => {
  const both = syntheticResult({
    seconds: 2,
    groups: ["leech", "crowd"],
    measures: ["connect", "request_block"],
  });
  const loads = runData(both, only, 1e6).latencies.map(({ measure, group, load }) =>
    [measure, group, load].join(" "),
  );
  t.deepEqual(loads.toSorted(), [
    "connect crowd ",
    "connect leech ",
    "lateness  ",
    "request_block crowd closed",
    "request_block leech open",
  ]);
});

test("a run of two days has a report", (t) => {
  const data = runData(withSeconds(Array.from({ length: 172_800 }, () => ({}))), only, 1e6);
  t.deepEqual(data.columns, { count: 576, seconds: 300 });
});

test("the counts of the warm-up are left out, and its phase is marked", (t) => {
  const names = { group: "leech", label: "" };
  const data = runData(
    {
      ...run,
      phases: [
        { name: "warm-up", beginMs: 0, endMs: 2_000 },
        { name: "steady", beginMs: 2_000, endMs: 6_000 },
      ],
      counts: [
        { counter: "blocks", phase: "warm-up", value: 7, ...names },
        { counter: "blocks", phase: "steady", value: 5, ...names },
      ],
    },
    only,
    1e6,
  );
  t.deepEqual(data.counts, [{ counter: "blocks", phase: "steady", value: 5, ...names }]);
  t.deepEqual(
    data.figures.phases.map(({ isWarmUp }) => isWarmUp),
    [true, false],
  );
});
