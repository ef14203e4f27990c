import test from "ava";
import { outcomeOf, type RunEnd } from "../../src/api/run-end.ts";
import { LatencyHistogram } from "../../src/measures/latency-histogram.ts";
import type { CounterName } from "../../src/measures/measures.ts";
import { RunTotals } from "../../src/results/merge/run-totals.ts";
import { groupList } from "../../src/api/group-list.ts";
import { read } from "../support/scenarios.ts";

const groups = groupList(
  read(`
targets: { client: "127.0.0.1:6881" }
torrents: { payload: { size: 1MiB } }
groups: { leech: { behaviour: leecher, count: 10, load: { rate: 100/s } } }
phases: { all: 2s }
`),
);
const aborted: RunEnd = { kind: "aborted", budget: "request_block.p50 < 1s" };

function outcomeWith(end: RunEnd, totals: RunTotals): string {
  return outcomeOf(end, { totals, groups, budgets: [], parts: [], fault: undefined }).kind;
}

function counts(values: Partial<Record<CounterName, number>>): RunTotals {
  const totals = new RunTotals();
  for (const [counter, value] of Object.entries(values)) {
    const name = counter as CounterName;
    totals.addCount({ counter: name, group: "leech", phase: "all", label: "", value });
  }
  return totals;
}

function lateTotals(): RunTotals {
  const late = LatencyHistogram.empty();
  for (let each = 0; each < 100; each++) late.record(60_000);
  const totals = counts({ planned: 100, sent: 100 });
  totals.addHistogram({ measure: "lateness", group: "", phase: "all" }, late);
  return totals;
}

test("a run that a budget ends early is aborted", (t) => {
  t.is(outcomeWith(aborted, counts({ planned: 100, sent: 100 })), "aborted");
});

test("a run that a budget ends early is not aborted by the target when the generators are at fault", (t) => {
  const notSent = counts({ planned: 100, sent: 90, not_sent_ours: 10 });
  t.is(outcomeWith(aborted, notSent), "load-not-sent");
  t.is(outcomeWith(aborted, lateTotals()), "generator-saturated");
});

test("a run that the user stops is stopped, whatever it measured", (t) => {
  t.is(outcomeWith({ kind: "stopped" }, lateTotals()), "stopped");
});
