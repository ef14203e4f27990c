import test from "ava";
import { saturationOf } from "../../src/api/saturation.ts";
import { LatencyHistogram } from "../../src/measures/latency-histogram.ts";
import { RunTotals } from "../../src/results/merge/run-totals.ts";

/** Totals of a thousand intents, of which so many are late, and so many of a million are not sent. */
function totalsOf(late: number, lateUs: number, notSent: number): RunTotals {
  const totals = new RunTotals();
  const lateness = LatencyHistogram.empty();
  for (let intent = 0; intent < 1_000; intent += 1) {
    lateness.record(intent < late ? lateUs : 500);
  }
  totals.addHistogram({ measure: "lateness", group: "", phase: "all" }, lateness);
  const names = { group: "leech", phase: "all" };
  totals.addCount({ ...names, label: "", counter: "planned", value: 1_000_000 });
  totals.addCount({ ...names, label: "too late", counter: "not_sent_ours", value: notSent });
  return totals;
}

test("a generator is saturated when one of a hundred actions is more than 10 ms late", (t) => {
  t.is(saturationOf(totalsOf(10, 200_000, 0)), undefined);
  t.is(saturationOf(totalsOf(500, 9_900, 0)), undefined);
  t.regex(
    saturationOf(totalsOf(11, 20_000, 0)) ?? "",
    /20\.0 ms after its time; 10 ms are allowed/,
  );
});

test("a generator is saturated when more than a thousandth of the actions is not sent", (t) => {
  t.is(saturationOf(totalsOf(0, 0, 1_000)), undefined);
  t.is(
    saturationOf(totalsOf(0, 0, 1_001)),
    "1001 of 1000000 planned actions were not sent; 0.1 % are allowed",
  );
});

test("a run without an open load saturates no generator", (t) => {
  t.is(saturationOf(new RunTotals()), undefined);
});

/** A hundred intents in each second, in a phase of its own; so many of each are late. */
function totalsByPhase(late: Readonly<Record<string, number>>): RunTotals {
  const totals = new RunTotals();
  for (const [phase, count] of Object.entries(late)) {
    const lateness = LatencyHistogram.empty();
    for (let intent = 0; intent < 100; intent += 1) lateness.record(intent < count ? 50_000 : 500);
    totals.addHistogram({ measure: "lateness", group: "", phase }, lateness);
  }
  return totals;
}

test("a bad second of ten saturates, a cold first second of sixty does not", (t) => {
  const seconds = (count: number, late: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, second) => [`${second}`, second === 0 ? late : 0]),
    );
  t.not(saturationOf(totalsByPhase(seconds(10, 20))), undefined);
  t.is(saturationOf(totalsByPhase(seconds(60, 50))), undefined);
});

test("a phase that a budget names is judged by itself too", (t) => {
  const phases = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`p${index}`, 0]));
  const totals = totalsByPhase({ ...phases, steady: 10 });
  t.is(saturationOf(totals), undefined);
  t.is(saturationOf(totals, [["p0"], ["p1", "p2"]]), undefined);
  t.regex(saturationOf(totals, [["p0"], ["steady"]]) ?? "", /^in steady one of a hundred actions/);
});

test("of a few actions one may be late", (t) => {
  const lateness = LatencyHistogram.empty();
  const totals = new RunTotals();
  for (let intent = 0; intent < 59; intent += 1) lateness.record(500);
  lateness.record(30_000);
  totals.addHistogram({ measure: "lateness", group: "", phase: "all" }, lateness);
  t.is(saturationOf(totals), undefined);
  const second = LatencyHistogram.empty();
  second.record(30_000);
  totals.addHistogram({ measure: "lateness", group: "", phase: "all" }, second);
  t.not(saturationOf(totals), undefined);
});

/** A closed load of ten seconds: of each second the generator was so long without a look at its sockets. */
function totalsOfStalls(stallMs: number, seconds = 10): RunTotals {
  const totals = new RunTotals();
  const turn = LatencyHistogram.empty();
  for (let second = 0; second < seconds; second += 1) {
    for (let ms = 0; ms < 1_000; ms += 1) turn.record(ms < stallMs ? 1_000 * (stallMs - ms) : 200);
  }
  totals.addHistogram({ measure: "read_wait", group: "", phase: "all" }, turn);
  return totals;
}

test("a generator that reads no answers for 300 ms of each second is saturated, without any open load", (t) => {
  t.regex(saturationOf(totalsOfStalls(300)) ?? "", /answers waited more than 29\d\.\d ms/);
  t.is(saturationOf(totalsOfStalls(15)), undefined);
});

test("one stall of a short run saturates no generator", (t) => {
  t.is(saturationOf(totalsOfStalls(55, 1)), undefined);
  t.not(saturationOf(totalsOfStalls(70, 1)), undefined);
});
