import test from "ava";
import { TokenBucket } from "../../../src/engine/rate-limits/token-bucket.ts";

test("a bucket is filled by the time that has passed, and keeps half of a burst", (t) => {
  const bucket = new TokenBucket();
  bucket.refill(1_000_000, 50, 0);
  t.is(bucket.bytes, 50_000);
  bucket.refill(1_000_000, 7, 0);
  t.is(bucket.bytes, 57_000, "whatever the time between two refills");
  bucket.refill(1_000_000, 10_000, 0);
  bucket.spill(1_000_000);
  t.is(bucket.bytes, 125_000);
  bucket.refill(1_000, 60_000, 0);
  bucket.empty();
  bucket.refill(1_000, 60_000, 0);
  bucket.spill(1_000);
  t.is(bucket.bytes, 16_384, "or a block");
});

test("protocol bytes take at most half of a refill, and bytes beyond that leave no debt", (t) => {
  const bucket = new TokenBucket();
  bucket.refill(10_000, 50, 200);
  t.is(bucket.bytes, 300);
  bucket.refill(10_000, 50, 100_000);
  t.is(bucket.bytes, 550);
  bucket.refill(10_000, 50, 0);
  t.is(bucket.bytes, 1_050);
});

test("a worker that is short of bytes leaves a debt", (t) => {
  const bucket = new TokenBucket();
  bucket.putBack(-5_000);
  bucket.refill(10_000, 100, 0);
  t.is(bucket.bytes, -4_000);
});
