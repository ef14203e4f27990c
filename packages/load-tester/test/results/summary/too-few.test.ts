import test from "ava";
import { LatencyHistogram } from "../../../src/measures/latency-histogram.ts";
import { isMaximum, maximumWord } from "../../../src/results/summary/too-few.ts";

test("a percentile is the maximum as long as no value lies above it", (t) => {
  for (const percent of [50, 90, 99, 99.9]) {
    for (const count of [1, 2, 9, 10, 99, 100, 101, 999, 1_000]) {
      const histogram = LatencyHistogram.empty();
      for (let value = 1; value <= count; value++) histogram.record(value);
      const isGreatest = histogram.percentile(percent) === histogram.percentile(100);
      t.is(isMaximum(percent, count), isGreatest, `p${percent} of ${count}`);
    }
  }
});

test("such a percentile says of how many values", (t) => {
  t.is(maximumWord(99.9, 200), "max of 200");
  t.is(maximumWord(99.99, 9_999), "max of 9,999");
  t.is(maximumWord(99.9, 1_000), undefined);
  t.is(maximumWord(50, 0), undefined);
});
