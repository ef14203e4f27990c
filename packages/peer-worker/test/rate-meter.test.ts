import test from "ava";

import { RateMeter } from "../src/rate-meter.ts";

test("the first reading is the plain mean", (t) => {
  const meter = new RateMeter(1_000);
  meter.add(500);
  meter.read(1_500);
  t.is(meter.bytesPerSecond, 1_000);
  t.is(meter.lastBytesPerSecond, 1_000);
});

test("a steady rate is measured exactly", (t) => {
  const meter = new RateMeter(0);
  for (let second = 1; second <= 20; second++) {
    meter.add(700);
    meter.read(second * 1_000);
  }
  t.true(Math.abs(meter.bytesPerSecond - 700) < 1e-9);
});

test("a rate that stops is forgotten within some five seconds, and ends at zero", (t) => {
  const meter = new RateMeter(0);
  for (let second = 1; second <= 10; second++) {
    meter.add(1_000);
    meter.read(second * 1_000);
  }
  for (let second = 11; second <= 15; second++) meter.read(second * 1_000);
  t.true(meter.bytesPerSecond > 300 && meter.bytesPerSecond < 400);
  t.is(meter.lastBytesPerSecond, 0);
  for (let second = 16; second <= 60; second++) meter.read(second * 1_000);
  t.is(meter.bytesPerSecond, 0);
});

test("readings in quick succession change nothing", (t) => {
  const meter = new RateMeter(0);
  meter.add(100);
  meter.read(50);
  t.is(meter.bytesPerSecond, 0);
  meter.read(1_000);
  t.is(meter.bytesPerSecond, 100);
});
