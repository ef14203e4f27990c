import test from "ava";
import type { ThreadTime } from "../../src/io/system/thread-time.ts";
import { endsInTime } from "../../src/supervision/end-wait.ts";
import { ManualTime } from "../support/testing/index.ts";

/** @param timeOf The thread as the system sees it, at a time in milliseconds since the wait began. */
function ending(timeOf: (nowMs: number) => ThreadTime | undefined) {
  const time = new ManualTime();
  const startMs = time.nowMs();
  const { promise, resolve } = Promise.withResolvers<void>();
  const seen: string[] = [];
  const child = { time: () => timeOf(time.nowMs() - startMs) };
  void endsInTime(time, child, promise).then((isInTime) => {
    seen.push(`${isInTime ? "in time" : "not in time"} after ${time.nowMs() - startMs}`);
  });
  return { time, end: resolve, seen };
}

for (const [what, time] of [
  ["that the system does not tell of", undefined],
  ["that waits for a disk or a lock", { isReady: false, usedMs: 300 }],
] as const) {
  test(`a thread ${what} does not end in time after two seconds`, async (t) => {
    const { time: clock, seen } = ending(() => time);
    await clock.pass(1_999);
    t.deepEqual(seen, []);
    await clock.pass(1);
    t.deepEqual(seen, ["not in time after 2000"]);
  });
}

for (const [what, timeOf] of [
  ["is ready without a core", () => ({ isReady: true, usedMs: 300 })],
  [
    "works every other second",
    (nowMs: number) => ({ isReady: false, usedMs: nowMs - (nowMs % 2_000) }),
  ],
] as const) {
  test(`a thread that ${what} has thirty seconds to end`, async (t) => {
    const { time, end, seen } = ending(timeOf);
    await time.pass(29_999);
    t.deepEqual(seen, []);
    end();
    await time.pass(0);
    t.deepEqual(seen, ["in time after 29999"]);
  });

  test(`a thread that ${what} does not end in time after thirty seconds`, async (t) => {
    const { time, seen } = ending(timeOf);
    await time.pass(30_000);
    t.deepEqual(seen, ["not in time after 30000"]);
  });
}

test("a thread that worked and then waits has two seconds from its last work", async (t) => {
  const { time, seen } = ending((nowMs) => ({ isReady: false, usedMs: Math.min(nowMs, 5_000) }));
  await time.pass(6_999);
  t.deepEqual(seen, []);
  await time.pass(1);
  t.deepEqual(seen, ["not in time after 7000"]);
});
