import test from "ava";

import { BaseDelay, Delays } from "../../src/utp/delays.ts";

test("the base is the lowest delay, and a sample counts from it", (t) => {
  const base = new BaseDelay();
  t.is(base.add(5_000, 0), 0);
  t.is(base.add(7_000, 1), 2_000);
  t.is(base.add(4_000, 2), 0);
  t.is(base.add(7_000, 3), 3_000);
});

test("the base wraps with the clock", (t) => {
  const base = new BaseDelay();
  t.is(base.add(0xffff_fff0, 0), 0);
  t.is(base.add(16, 1), 32);
  t.is(base.add(0xffff_ffe0, 2), 0);
  t.is(base.baseUs, 0xffff_ffe0);
});

test("a base lasts two minutes at least, and three at most", (t) => {
  const base = new BaseDelay();
  base.add(1_000, 0);
  t.is(base.add(9_000, 60_000), 8_000);
  t.is(base.add(9_000, 120_000), 8_000);
  t.is(base.add(9_000, 179_999), 8_000);
  t.is(base.add(9_000, 180_001), 0);
});

test("a base of the other side that falls raises ours: our clock loses", (t) => {
  const delays = new Delays();
  delays.received(50_000, 0);
  t.is(delays.told(80_000, 1_000, 0), 0);
  delays.received(44_000, 1);
  t.is(delays.told(86_000, 1_000, 1), 0);
  t.is(delays.told(90_000, 1_000, 1), 4);
});

test("a base of the other side that jumps by more than 10 ms changes nothing", (t) => {
  const delays = new Delays();
  delays.received(50_000, 0);
  delays.told(80_000, 1_000, 0);
  delays.received(20_000, 1);
  t.is(delays.told(86_000, 1_000, 1), 6);
});

test("no delay is longer than the round trip, and the next one counts from there", (t) => {
  const delays = new Delays();
  delays.told(1_000, 50, 0);
  t.is(delays.told(0x7000_0000, 50, 1), 50);
  t.is(delays.told(0x7000_0000 - 30_000, 50, 2), 20);
});
