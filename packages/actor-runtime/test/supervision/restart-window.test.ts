import test from "ava";
import {
  restartDelayMs,
  RestartWindow,
  steadyAfterMs,
} from "../../src/supervision/restart-window.ts";

test("the allowed restarts within the window pass, and a further one is refused", (t) => {
  const window = new RestartWindow(3, 10_000);
  t.deepEqual(
    [0, 1, 2, 3].map((nowMs) => window.tryRestart(nowMs)),
    [true, true, true, false],
  );
});

test("restarts that left the window are forgotten", (t) => {
  const window = new RestartWindow(2, 10_000);
  t.true(window.tryRestart(0));
  t.true(window.tryRestart(5_000));
  t.false(window.tryRestart(9_999));
  t.true(window.tryRestart(10_000));
  t.false(window.tryRestart(14_999));
  t.true(window.tryRestart(15_000));
});

test("with zero allowed restarts the first is refused", (t) => {
  t.false(new RestartWindow(0, 10_000).tryRestart(0));
});

test("the first restart is at once, four follow after 100 ms, then each wait is four times as long, up to 30 s", (t) => {
  const delays = Array.from({ length: 12 }, (_, attempt) => restartDelayMs(attempt, 0));
  t.deepEqual(delays, [0, 100, 100, 100, 100, 400, 1_600, 6_400, 25_600, 30_000, 30_000, 30_000]);
});

test("jitter shortens a pause by up to a quarter", (t) => {
  t.is(restartDelayMs(1, 0.5), 87.5);
  t.true(restartDelayMs(20, 0.999_999) > 22_500);
});

test("a life that is long beside its wait ends a row of restarts", (t) => {
  t.deepEqual(
    [0, 100, 400, 1_600, 6_400].map((waitedMs) => steadyAfterMs(waitedMs)),
    [2_000, 2_000, 4_000, 16_000, 30_000],
  );
});
