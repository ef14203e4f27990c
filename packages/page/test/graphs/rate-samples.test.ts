import test from "ava";
import { RateSamples } from "../../src/graphs/rate-samples.ts";

test("G12: the samples of a torrent are lines of ten minutes", (t) => {
  const samples = new RateSamples();
  for (let index = 0; index < 400; index++) samples.add(2_000_000 + index * 2_000, index, 0);
  const { down, times } = samples.lines();
  t.is(times.length, 300);
  t.deepEqual([down[0], down.at(-1)], [100, 399]);
  t.is((times.at(-1) ?? 0) - (times[0] ?? 0), 598);
});

test("G12: the time in which the tab was hidden is a gap", (t) => {
  const samples = new RateSamples();
  samples.add(1_000, 5, 6);
  samples.add(61_000, 7, 8);
  t.deepEqual(samples.lines(), {
    times: [1, 1.001, 61],
    down: [5, null, 7],
    up: [6, null, 8],
  });
});

test("G12: a clock that goes back begins the lines anew", (t) => {
  const samples = new RateSamples();
  samples.add(90_000, 5, 6);
  samples.add(30_000, 7, 8);
  t.deepEqual(samples.lines(), { times: [30], down: [7], up: [8] });
});
