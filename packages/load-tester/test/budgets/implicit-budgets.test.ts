import test from "ava";
import { brokenImplicitly } from "../../src/budgets/implicit-budgets.ts";
import { judgeBudget } from "../../src/budgets/judge-budget.ts";
import { parseBudget } from "../../src/budgets/parse-budget.ts";
import type { CounterName, NamedCount } from "../../src/measures/measures.ts";
import type { MeasuredRun } from "../../src/results/measured-run.ts";
import { count, group, runOf, windowOf } from "../support/fake-windows.ts";

const open = { pace: "open 100/s", isClosedLoad: false };

function runWith(counts: readonly NamedCount[], facts = {}): MeasuredRun {
  const groups = [group("leech", facts), group("storm", { behaviour: "hostile" })];
  return runOf([windowOf(6, { counts })], { groups });
}

/** 5 of 100 requests of leeches are unanswered. */
const unanswered = runWith([
  count("answered", 95),
  count("unanswered", 5, { label: "timeout" }),
  count("unanswered", 99, { group: "storm" }),
]);

test("a group without a budget on unanswered requests may leave 1 % without an answer, a hostile one any", (t) => {
  const [verdict, ...others] = brokenImplicitly([], unanswered);
  t.deepEqual([verdict?.text, verdict?.seen], ["unanswered_share{group=leech} <= 1%", 0.05]);
  t.deepEqual(others, []);
  t.deepEqual(brokenImplicitly([], runWith([])), []);
});

for (const text of [
  "unanswered_share < 10%",
  "unanswered_share{leech} < 2%",
  "unanswered{leech} < 100",
  "unanswered / requests < 50%",
  "not_sent_target{leech} < 100",
]) {
  test(`the budget ${text} takes the place of the implicit one`, (t) => {
    t.deepEqual(brokenImplicitly([parseBudget(text)], unanswered), []);
  });
}

for (const text of [
  "errors < 50%",
  "unanswered_share{storm} < 10%",
  "answered > 1",
  "unanswered >= 0",
]) {
  test(`beside the budget ${text} the implicit one holds on`, (t) => {
    t.is(brokenImplicitly([parseBudget(text)], unanswered).length, 1);
  });
}

for (const [title, facts, counts] of [
  ["refuses all requests", {}, { requests: 9, requests_refused: 9 }],
  ["never unchokes an open load", open, { planned: 9, not_unchoked: 9 }],
  ["never unchokes a closed load", {}, { planned: 9, sent: 9 }],
] as const) {
  test(`a target that ${title} breaks the run without a budget`, (t) => {
    const named = Object.entries(counts).map(([name, value]) => count(name as CounterName, value));
    const run = runWith(named, facts);
    const texts = brokenImplicitly([], run).map(({ text }) => text);
    t.deepEqual(texts, ["answered{group=leech} >= 1"]);
    t.deepEqual(brokenImplicitly([parseBudget("answered{leech} >= 0")], run), []);
    t.is(brokenImplicitly([parseBudget("unanswered{leech} < 100")], run).length, 1);
  });
}

test("peers that are to request nothing need no answer", (t) => {
  const facts = { pace: "", isClosedLoad: false };
  t.deepEqual(brokenImplicitly([], runWith([count("sent", 9)], facts)), []);
});

test("peers that had all in the warm-up need no further answer", (t) => {
  const counts = [
    count("sent", 9),
    count("requests", 1),
    count("abandoned", 1),
    count("answered", 9, { phase: "warm-up" }),
  ];
  t.deepEqual(brokenImplicitly([], runWith(counts)), []);
});

test("a target that dies in the warm-up breaks the run, although nothing is requested after it", (t) => {
  const inWarmUp = { phase: "warm-up" };
  const counts = [
    count("sent", 9),
    count("answered", 90, inWarmUp),
    count("unanswered", 9, { ...inWarmUp, label: "closed by the target" }),
  ];
  const texts = brokenImplicitly([], runWith(counts)).map(({ text }) => text);
  t.deepEqual(texts, ["answered{group=leech} >= 1"]);
});

test("a group without a budget on wrong answers may have 1 % of them", (t) => {
  const run = (wrong: number) =>
    runWith([
      count("requests", 1_000),
      count("answered", 1_000 - wrong),
      count("answered_wrong", wrong),
    ]);
  const text = "answered_wrong{group=leech} / requests{group=leech} <= 1%";
  t.deepEqual(brokenImplicitly([], run(10)), []);
  t.deepEqual(
    brokenImplicitly([], run(11)).map((verdict) => [verdict.text, verdict.seen]),
    [[text, 0.011]],
  );
  t.deepEqual(brokenImplicitly([parseBudget("answered_wrong{leech} < 100")], run(11)), []);
  t.is(brokenImplicitly([parseBudget("unanswered_share{leech} < 5%")], run(11)).length, 1);
});

test("a tracker may leave 1 % of the requests to a second connection", (t) => {
  const run = (repeats: number) =>
    runWith([count("requests", 1_000), count("answered", 1_000), count("repeats", repeats)]);
  t.deepEqual(brokenImplicitly([], run(10)), []);
  t.deepEqual(
    brokenImplicitly([], run(11)).map((verdict) => verdict.text),
    ["repeats{group=leech} / requests{group=leech} <= 1%"],
  );
  t.deepEqual(brokenImplicitly([parseBudget("repeats{leech} < 100")], run(11)), []);
});

test("a budget on one phase leaves the implicit one to the others", (t) => {
  const texts = (text: string) =>
    brokenImplicitly([parseBudget(text)], unanswered).map((verdict) => verdict.text);
  t.deepEqual(texts("unanswered_share{ramp} < 10%"), [
    "unanswered_share{group=leech,phase=steady} <= 1%",
  ]);
  t.deepEqual(texts("unanswered_share{steady} < 10%"), []);
  t.deepEqual(texts("unanswered_share{ramp,steady} < 10%"), []);
});

test("a budget on the share judges the groups that it names, else the worst that is not hostile", (t) => {
  const seen = (text: string) => judgeBudget(parseBudget(text), unanswered).seen;
  t.deepEqual(
    [seen("unanswered_share < 1%"), seen("unanswered_share{leech,storm} < 1%")],
    [0.05, 1],
  );
  t.is(seen("unanswered_share{ramp} < 1%"), undefined);
});

test("the peers of lost generators count in `errors`, of their groups", (t) => {
  const run = runWith([
    count("arrived", 100),
    count("lost_peers", 20),
    count("lost_peers", 50, { group: "storm" }),
  ]);
  t.is(judgeBudget(parseBudget("errors < 0.1%"), run).seen, 0.2);
});

test("actions that the target kept from being sent count in `errors`, visits only by their refused connection", (t) => {
  const counts = [
    count("arrived", 10),
    count("refused", 1, { label: "ECONNREFUSED" }),
    count("not_sent_target", 10, { label: "no connection" }),
  ];
  const seen = (facts: object) =>
    judgeBudget(parseBudget("errors < 0.1%"), runWith(counts, facts)).seen;
  t.deepEqual([seen(open), seen({})], [11 / 20, 1 / 10]);
});
