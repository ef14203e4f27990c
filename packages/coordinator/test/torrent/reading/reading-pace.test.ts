import test from "ava";
import { ReadingPace } from "../../../src/torrent/reading/reading-pace.ts";

const kibibyte = 1_024;

/** The pace after some seconds of the same reading. */
function paceAfter(seconds: number, bytesPerSecond: number, waits = false, arriving = 0): number {
  const pace = new ReadingPace(0);
  for (let second = 1; second <= seconds; second++) {
    pace.read(bytesPerSecond);
    if (waits) pace.waited();
    pace.measure(second * 1_000, arriving);
  }
  return pace.bytesPerSecond;
}

test("F04: the pace begins at 1 MiB/s and follows the reading", (t) => {
  t.is(new ReadingPace(0).bytesPerSecond, kibibyte ** 2);
  t.true(Math.abs(paceAfter(30, 5_000_000) - 5_000_000) < 1_000);
});

test("a paused reader keeps 256 KiB/s", (t) => {
  t.is(paceAfter(30, 0), 256 * kibibyte);
});

test("a reader that waits would read as fast as bytes arrive", (t) => {
  t.true(paceAfter(30, 1_000, true, 8_000_000) > 7_900_000);
  t.is(paceAfter(30, 1_000, false, 8_000_000), 256 * kibibyte);
});

test("the pace is measured once a second", (t) => {
  const pace = new ReadingPace(0);
  t.false(pace.measure(999, 0));
  t.true(pace.measure(1_000, 0));
  t.false(pace.measure(1_500, 0));
});
