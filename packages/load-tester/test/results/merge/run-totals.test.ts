import test from "ava";
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
