import test from "ava";
import { saturationOf } from "../../src/api/saturation.ts";
import { LatencyHistogram } from "../../src/measures/latency-histogram.ts";
import { RunTotals } from "../../src/results/merge/run-totals.ts";

/** Of a thousand intents so many are late, and so many of a million are not sent. */
function totalsOf(late: number, lateUs: number, notSent: number): RunTotals {
  const totals = new RunTotals();
  const lateness = LatencyHistogram.empty();
  for (let intent = 0; intent < 1_000; intent += 1) {
    lateness.record(intent < late ? lateUs : 500);
  }
  totals.addHistogram({ measure: "lateness", group: "", phase: "all" }, lateness);
  const names = { group: "leech", phase: "all", label: "" };
  totals.addCount({ ...names, counter: "intents", value: 1_000_000 });
  totals.addCount({ ...names, counter: "intents_not_sent", value: notSent });
  return totals;
}

test("a generator is saturated when one of a hundred intents is more than 10 ms late", (t) => {
  t.is(saturationOf(totalsOf(10, 200_000, 0)), undefined);
  t.is(saturationOf(totalsOf(500, 9_900, 0)), undefined);
  t.regex(saturationOf(totalsOf(11, 20_000, 0)) ?? "", /20\.0 ms late; 10 ms are allowed/);
});

test("a generator is saturated when more than a thousandth of the intents is not sent", (t) => {
  t.is(saturationOf(totalsOf(0, 0, 1_000)), undefined);
  t.is(
    saturationOf(totalsOf(0, 0, 1_001)),
    "1001 of 1000000 intents were not sent; 0.1 % are allowed",
  );
});

test("a run without an open load saturates no generator", (t) => {
  t.is(saturationOf(new RunTotals()), undefined);
});
