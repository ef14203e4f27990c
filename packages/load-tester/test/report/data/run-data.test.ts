import test from "ava";
import type { LoadTestResult, Second } from "../../../src/results/result.ts";
import { runData } from "../../../src/report/data/run-data.ts";
import type { RunData } from "../../../src/report/data/report-data.ts";
import { decodeLevels, decodeSeries } from "../../../src/report/page/decode.ts";
import { syntheticResult } from "../../support/synthetic-result.ts";

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
    "",
    1e6,
  );
  t.deepEqual(
    data.rates.map(({ counter, group }) => [counter, group]),
    [["blocks", "leech"]],
  );
  t.deepEqual(read(data, data.rates[0]?.values ?? ""), [100, 0, 50]);
});

test("a small bound joins seconds: rates are means, the p99 is the highest, cells are sums", (t) => {
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
    latencies: [{ ...latency, p99: second === 7 ? 250 : 130, buckets: [13, 8, 14, 2] }],
  }));
  const whole = runData(withSeconds(seconds), "", 1e6);
  const joined = runData(withSeconds(seconds), "", JSON.stringify(whole).length - 200);
  t.true(joined.columns.seconds > 1);
  t.is(read(joined, joined.rates[0]?.values ?? "")[0], 150);
  t.is(read(joined, joined.latencies[0]?.p99 ?? "")[Math.floor(7 / joined.columns.seconds)], 250);
  t.is(joined.latencies[0]?.count, 400);
  t.is(joined.latencies[0]?.heat.lowest, 13);
  t.is(decodeLevels(joined.latencies[0]?.heat.levels ?? "").length, 2 * joined.columns.count);
});

test("latencies by nines reach as far as there are latencies, over the run and by phase", (t) => {
  const data = runData(run, "", 1e6);
  const [whole, ...phases] = data.nines.filter(({ measure }) => measure === "connect");
  t.is(whole?.phase, "");
  t.deepEqual(
    phases.map(({ phase }) => phase),
    ["ramp", "steady", "drain"],
  );
  t.is(
    whole?.count,
    phases.reduce((sum, { count }) => sum + count, 0),
  );
  const points = (whole?.values.length ?? 0) / 2;
  t.is(points, 1 + Math.floor(8 * Math.log10(whole?.count ?? 0)));
  const values = decodeSeries(whole?.values ?? "", points).map((value) => value ?? 0);
  t.deepEqual(
    values,
    values.toSorted((a, b) => a - b),
  );
  t.true(Math.abs((values[8] ?? 0) / (whole?.table[1] ?? 1) - 1) < 0.003);
});

test("a phase that measured nothing and a state that no peer was in leave no series", (t) => {
  const states = { waiting: 0, connecting: 0, open: 0, unchoked: 0, complete: 0, gone: 0 };
  const data = runData(
    { ...withSeconds([{ gauges: { leech: { ...states, open: 3 } } }]), histograms: [] },
    "",
    1e6,
  );
  t.deepEqual(
    data.gauges.map(({ state }) => state),
    ["open"],
  );
  t.deepEqual(data.nines, []);
});

test("an aborted run has the seconds that it reached", (t) => {
  const data = runData(
    {
      ...run,
      seconds: run.seconds.slice(0, 4),
      outcome: { kind: "aborted", budget: "errors < 1%" },
    },
    "",
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
  t.deepEqual(runData(both, "", 1e6).loads, [
    { measure: "request_block", group: "leech", isClosed: false },
    { measure: "request_block", group: "crowd", isClosed: true },
  ]);
});

test("a run of two days has a report", (t) => {
  const data = runData(withSeconds(Array.from({ length: 172_800 }, () => ({}))), "", 1e6);
  t.deepEqual(data.columns, { count: 576, seconds: 300, heat: 2 });
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
    "",
    1e6,
  );
  t.deepEqual(data.counts, [["blocks", "leech", "steady", "", 5]]);
  t.deepEqual(
    data.phases.map(({ isWarmUp }) => isWarmUp),
    [true, false],
  );
});
