import test from "ava";
import { Rate } from "../../src/torrent/rate.ts";

function rateAfter(...totals: readonly number[]): number {
  const rate = new Rate();
  for (const [second, total] of totals.entries()) rate.update(total, 5000 + second * 1000);
  return rate.bytesPerSecond;
}

test("one look says nothing about a rate", (t) => {
  t.is(rateAfter(1_000_000), 0);
});

test("the first two looks give the rate between them", (t) => {
  t.is(rateAfter(1_000_000, 1_500_000), 500_000);
});

test("a steady counter gives a steady rate", (t) => {
  t.is(rateAfter(0, 700, 1400, 2100, 2800), 700);
});

test("a jump arrives over some seconds", (t) => {
  const rate = rateAfter(0, 1000, 11_000);
  t.true(rate > 1000 && rate < 10_000, `${rate}`);
});

test("when nothing more arrives the rate falls to nothing", (t) => {
  t.is(rateAfter(0, 1000, ...Array.from({ length: 30 }, () => 1000)), 0);
});

test("two looks at one moment do not divide by zero", (t) => {
  const rate = new Rate();
  rate.update(0, 1000);
  rate.update(5000, 1000);
  t.is(rate.bytesPerSecond, 0);
  rate.update(7000, 2000);
  t.is(rate.bytesPerSecond, 2000, "bytes of the look that was left out are not counted twice");
});

test("a reset forgets the rate and the pause that follows", (t) => {
  const rate = new Rate();
  rate.update(0, 0);
  rate.update(1000, 1000);
  rate.reset();
  t.is(rate.bytesPerSecond, 0);
  rate.update(1000, 100_000);
  rate.update(3000, 101_000);
  t.is(rate.bytesPerSecond, 2000);
});
