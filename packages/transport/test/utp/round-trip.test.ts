import test from "ava";

import { RoundTrip } from "../../src/utp/round-trip.ts";

test("the time-out is a second at first, then follows the round trips, not below 500 ms", (t) => {
  const roundTrip = new RoundTrip();
  t.is(roundTrip.timeoutMs, 1_000);
  roundTrip.sample(300);
  t.is(roundTrip.timeoutMs, 900);
  const short = new RoundTrip();
  short.sample(2);
  t.is(short.timeoutMs, 500);
  t.is(short.leastMs, 2);
});

test("the time-out doubles up to 15 s, and the next sample ends that", (t) => {
  const roundTrip = new RoundTrip();
  roundTrip.sample(10);
  const timeouts = Array.from({ length: 7 }, () => {
    roundTrip.timedOut();
    return roundTrip.timeoutMs;
  });
  t.deepEqual(timeouts, [1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  roundTrip.sample(10);
  t.is(roundTrip.timeoutMs, 500);
});
