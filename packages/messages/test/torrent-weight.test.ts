import test from "ava";
import { evenWeight, torrentWeight } from "../src/torrent-weight.ts";

test("a weight is from 1/64 to 64", (t) => {
  t.is(torrentWeight(1), evenWeight);
  for (const value of [1 / 64, 0.5, 8, 64]) t.is(Number(torrentWeight(value)), value);
  for (const value of [0, -1, 1 / 65, 64.1, Infinity, NaN])
    t.throws(() => torrentWeight(value), { instanceOf: RangeError, message: /from 1\/64 to 64/ });
});

test("a weight is rounded to a 64th, so that sums do not depend on their order", (t) => {
  t.is(Number(torrentWeight(0.1)), 6 / 64);
  const weights = [0.1, 0.7, 3.3].map(torrentWeight);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  t.is(
    weights.reduce((left, weight) => left - weight, sum),
    0,
  );
});
