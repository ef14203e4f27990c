import test from "ava";
import { restartDelayMs, RestartWindow, steadyMs } from "../../src/supervision/restart-window.ts";

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

const delays = (maxRestarts: number) =>
  Array.from({ length: 9 }, (_, attempt) => restartDelayMs(attempt, maxRestarts, 0));

test("the first restart is at once, four follow after 100 ms, then each wait is eight times as long, up to 30 s", (t) => {
  const expected = [0, 100, 100, 100, 100, 800, 6_400, 30_000, 30_000];
  t.deepEqual(delays(10), expected);
  t.deepEqual(delays(100), expected);
});

test("with a limit below ten each wait is twice as long", (t) => {
  const expected = [0, 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800];
  t.deepEqual(delays(9), expected);
  t.deepEqual(delays(1), expected);
});

test("without a limit each wait is twice as long, up to 2 s, and the supervisor never gives up", (t) => {
  t.deepEqual(delays(Infinity), [0, 100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000]);
  t.is(steadyMs(Infinity), 500);
  const window = new RestartWindow(Infinity, 60_000);
  for (let restart = 0; restart < 1_000; restart++) t.true(window.tryRestart(0));
});

test("jitter shortens a pause by up to a quarter", (t) => {
  t.is(restartDelayMs(1, 10, 0.5), 87.5);
  t.true(restartDelayMs(20, 10, 0.999_999) > 22_500);
});

test("a worker that crashes whenever it starts does not use up ten restarts in a minute", (t) => {
  for (const random of [0, 0.999_999]) {
    const window = new RestartWindow(10, 60_000);
    let crashedMs = 0;
    for (let attempt = 0; attempt < 20; attempt++) {
      t.true(window.tryRestart(crashedMs), `restart ${attempt}`);
      crashedMs += restartDelayMs(attempt, 10, random);
    }
  }
});
