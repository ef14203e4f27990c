import test from "ava";
import fc from "fast-check";

import { RateBucket } from "../../src/serving/rate-bucket.ts";

test("a bucket is full at first, and gives no more than its capacity and what fills it", (t) => {
  const call = fc.record({ waitMs: fc.nat(500), amount: fc.nat(30) });
  fc.assert(
    fc.property(fc.array(call, { maxLength: 100 }), (calls) => {
      const bucket = new RateBucket({ perSecond: 20, capacity: 50 });
      let [nowMs, taken] = [1_000, 0];
      bucket.readyMs(0, nowMs);
      for (const { waitMs, amount } of calls) {
        nowMs += waitMs;
        if (bucket.take(amount, nowMs)) taken += amount;
        t.true(taken <= 50 + 0.02 * (nowMs - 1_000) + 0.001);
      }
    }),
    { numRuns: 100 },
  );
});

test("an amount can be taken at the moment that was named, and not before", (t) => {
  const bucket = new RateBucket({ perSecond: 3, capacity: 2 });
  t.true(bucket.take(2, 0));
  const readyMs = bucket.readyMs(1, 0);
  t.is(readyMs, 334);
  t.false(bucket.take(1, readyMs - 1));
  t.true(bucket.take(1, readyMs));
  t.false(bucket.take(1, readyMs));
});

test("a rate without bound gives any amount", (t) => {
  const bucket = new RateBucket({ perSecond: Infinity, capacity: Infinity });
  for (let nowMs = 0; nowMs < 3; nowMs++) t.true(bucket.take(1e9, nowMs));
  t.is(bucket.readyMs(1e9, 3), 3);
});

test("a rate of nothing gives nothing", (t) => {
  const bucket = new RateBucket({ perSecond: 0, capacity: 0 });
  for (const nowMs of [0, 1, 1e6]) t.false(bucket.take(1, nowMs));
});
