import test from "ava";
import { Histogram, histogramBytes } from "../../src/layouts/histogram.ts";

test("I02: observations are counted up to each bound, and summed", (t) => {
  const histogram = new Histogram();
  for (const seconds of [0, 5e-5, 0.0015, 0.0015, 1_000]) histogram.record(seconds);
  const { buckets = [], sum, value } = histogram.read({ call: "read" });
  t.is(value, 5);
  t.is(sum, 5e-5 + 0.003 + 1_000);
  const counts = new Map(buckets);
  t.deepEqual(
    [counts.get(5e-5), counts.get(0.001), counts.get(0.002), counts.get(30)],
    [2, 2, 4, 4],
  );
});

test("another thread reads a histogram in shared memory, and histograms add up", (t) => {
  const memory = new SharedArrayBuffer(16 + histogramBytes);
  new Histogram(memory, 16).record(0.5);
  const seen = new Histogram(memory, 16);
  const all = new Histogram();
  all.add(seen);
  all.add(seen);
  t.is(all.read({}).value, 2);
  t.is(all.read({}).sum, 1);
});
