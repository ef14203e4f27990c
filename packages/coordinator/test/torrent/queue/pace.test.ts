import test from "ava";
import { firstPace, nextPace, paceChangeMs, type Pace } from "../../../src/torrent/queue/pace.ts";

/** The pace after rates that were seen second by second. */
function after(seconds: number, bytesPerSecond: number, fromMs: number, pace: Pace): Pace {
  let next = pace;
  for (let second = 0; second <= seconds; second++) {
    next = nextPace(next, bytesPerSecond, fromMs + second * 1_000);
  }
  return next;
}

test("F09: a torrent is slow after a minute below 2 kB/s, and not before", (t) => {
  t.false(after(59, 1_999, 5_000, firstPace).isSlow);
  t.true(after(60, 1_999, 5_000, firstPace).isSlow);
  t.false(after(600, 2_000, 5_000, firstPace).isSlow);
});

test("F09: a burst makes no slow torrent fast, and a pause no fast torrent slow", (t) => {
  const slow = after(60, 0, 0, firstPace);
  const burst = nextPace(after(59, 1e6, 61_000, slow), 0, 121_000);
  t.true(burst.isSlow);
  t.true(after(59, 1e6, 122_000, burst).isSlow);
  t.false(after(60, 1e6, 122_000, burst).isSlow);
  const pause = nextPace(after(59, 0, 0, firstPace), 1e6, 60_000);
  t.false(after(59, 0, 61_000, pause).isSlow);
});

test("a steady pace is the same value at each look", (t) => {
  t.is(nextPace(firstPace, 1e6, paceChangeMs), firstPace);
});
