import test from "ava";

import { WindowCount } from "../src/window-count.ts";

test("so many events have room in a window, which begins with its first event", (t) => {
  const count = new WindowCount(2, 1_000);
  t.deepEqual([count.take(500), count.take(900), count.take(1_499)], [true, true, false]);
  t.true(count.take(1_500));
  t.deepEqual([count.take(2_400), count.take(2_499), count.take(2_500)], [true, false, true]);
});

test("the time until the next window is told", (t) => {
  const count = new WindowCount(1, 1_000);
  t.is(count.pauseMs(500), 0);
  t.true(count.take(500));
  t.deepEqual([count.pauseMs(750), count.pauseMs(1_500)], [750, 0]);
});

test("a window that has no room for its first event has none for others", (t) => {
  const count = new WindowCount(0, 1_000);
  t.deepEqual([count.take(0), count.take(5_000)], [false, false]);
});
