import test from "ava";
import { comparisonData } from "../../../src/report/data/comparison.ts";
import { compareRuns } from "../../../src/results/compare/compare-runs.ts";
import { syntheticResult } from "../../support/synthetic-result.ts";

const run = (seed: number, slowness: number) =>
  syntheticResult({
    seconds: 10,
    seed,
    slowness,
    groups: ["leech", "crowd"],
    measures: ["connect", "request_block"],
  });
const [before, slower] = [
  [run(1, 1), run(2, 1)],
  [run(3, 5), run(4, 5)],
];

test("a comparison has the ratio of the medians and its range, with the unit of each value", (t) => {
  const { rows } = comparisonData(compareRuns(before, slower));
  const p50 = rows.find(({ name }) => name === "connect{group=leech}.p50");
  t.is(p50?.dimension, "time");
  t.true((p50?.ratio ?? 0) > 4 && (p50?.ratio ?? 0) < 6);
  const [least = 0, greatest = 0] = p50?.range ?? [];
  t.true(least <= (p50?.ratio ?? 0) && (p50?.ratio ?? 0) <= greatest);
  t.is(rows.find(({ name }) => name === "errors")?.dimension, "share");
});

test("values of a closed load are marked in a comparison", (t) => {
  const { rows } = comparisonData(compareRuns(before, slower));
  const closed = rows.filter(({ isClosedLoad }) => isClosedLoad).map(({ name }) => name);
  t.true(closed.length > 0);
  t.true(closed.every((name) => name.startsWith("request_block{group=crowd}")));
});

test("the outcome of a comparison counts the checks that are broken", (t) => {
  t.is(comparisonData(compareRuns(before, before)).outcome.kind, "passed");
  const { outcome, verdicts } = comparisonData(
    compareRuns(before, slower, ["connect{leech}.p50 < 2", "errors < 1000"]),
  );
  t.is(outcome.kind, "broken");
  t.is(outcome.sentence, "Side B breaks 1 of 2 checks against side A: connect{leech}.p50 < 2");
  t.deepEqual(
    verdicts.map(({ holds }) => holds),
    [false, true],
  );
});

test("a check on something that was not measured has no ratio and does not hold", (t) => {
  const { verdicts } = comparisonData(compareRuns(before, slower, ["scrape.p99 < 2"]));
  t.like(verdicts[0], { seen: undefined, holds: false });
});

test("a run that proves nothing fails a comparison in its report, also with checks that hold", (t) => {
  const reason = "lateness 14 ms";
  const late = { ...run(1, 1), outcome: { kind: "generator-saturated", reason } } as const;
  const { outcome, runs } = comparisonData(compareRuns(before, [late, run(2, 1)]));
  t.deepEqual(outcome, {
    kind: "failed",
    word: "Comparison failed",
    sentence:
      "Of 4 runs 1 run proves nothing: not whole, or without the load of the scenario in time.",
  });
  t.deepEqual(
    runs.map(({ verdict, reason: each }) => [verdict, each]),
    [
      ["ok", undefined],
      ["ok", undefined],
      ["proves-nothing", "generator-saturated: lateness 14 ms"],
      ["ok", undefined],
    ],
  );
});

test("a check that judges no ratio says in words what was seen", (t) => {
  const { verdicts } = comparisonData(compareRuns(before, slower));
  const seen = verdicts.find(({ text }) => text.startsWith("budget of the runs"))?.seenText;
  t.is(seen, "broken by no run before, and by 2 of 2 after");
  t.is(verdicts.find(({ text }) => text.startsWith("connect"))?.seenText, undefined);
});
