import test from "ava";
import { LatencyHistogram } from "../../../src/measures/latency-histogram.ts";
import { RunTotals } from "../../../src/results/merge/run-totals.ts";

const refused = { counter: "refused", group: "leech", phase: "steady" } as const;

test("labels of a counter beyond 1,000 count as other, and no count is lost", (t) => {
  const totals = new RunTotals();
  for (let at = 0; at < 5_000; at++) {
    totals.addCount({ ...refused, label: `reason ${at % 2_500}`, value: 1 });
  }
  const counts = totals.counts();
  t.is(counts.length, 1_001);
  t.is(counts.find(({ label }) => label === "other")?.value, 3_000);
  t.is(totals.count("refused"), 5_000);
});

test("what peers ask for in the warm-up counts nowhere, and the peers that come in it count", (t) => {
  const totals = new RunTotals();
  for (const phase of ["warm-up", "steady"]) {
    const names = { group: "leech", phase };
    const slow = LatencyHistogram.empty();
    slow.record(phase === "steady" ? 100 : 90_000);
    for (const measure of ["request_block", "connect", "read_wait"] as const) {
      totals.addHistogram({ measure, ...names }, slow);
    }
    for (const counter of ["requests", "arrived"] as const) {
      totals.addCount({ counter, ...names, label: "", value: 10 });
    }
  }
  t.is(totals.count("requests"), 10);
  t.is(totals.count("requests", { phases: ["warm-up"] }), 10);
  t.is(totals.count("arrived"), 20);
  t.deepEqual(
    [totals.histogram("request_block").count, totals.histogram("request_block").maxUs],
    [1, 100],
  );
  t.is(totals.histogram("read_wait").count, 1);
  t.is(totals.histogram("connect").count, 2);
  t.is(totals.counts().length, 4);
  t.is(totals.runCounts().length, 3);
});
