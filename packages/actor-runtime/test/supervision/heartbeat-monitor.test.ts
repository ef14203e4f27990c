import test from "ava";
import type { ThreadTime } from "../../src/io/system/thread-time.ts";
import { HeartbeatMonitor } from "../../src/supervision/heartbeat-monitor.ts";
import { ManualTime } from "../support/testing/index.ts";

function watched() {
  const time = new ManualTime();
  const monitor = new HeartbeatMonitor(time, time);
  const state = {
    beats: 0,
    hungMs: [] as number[],
    time: undefined as (() => ThreadTime) | undefined,
  };
  const unwatch = monitor.watch(
    { beats: () => state.beats, time: () => state.time?.() },
    ({ seenMs }) => state.hungMs.push(seenMs),
  );
  return { time, monitor, state, unwatch };
}

test("a thread that is silent for two seconds is reported as hung, once", async (t) => {
  const { time, state } = watched();
  await time.pass(1_999);
  t.deepEqual(state.hungMs, []);
  await time.pass(1);
  t.deepEqual(state.hungMs, [2_000]);
  await time.pass(10_000);
  t.is(state.hungMs.length, 1);
});

test("a thread that beats is never hung", async (t) => {
  const { time, state } = watched();
  for (let beat = 0; beat < 40; beat += 1) {
    state.beats += 1;
    await time.pass(500);
  }
  t.deepEqual(state.hungMs, []);
});

test("a window in which the monitor itself was late does not count", async (t) => {
  const { time, state } = watched();
  await time.pass(1_900);
  time.freeze(60_000);
  await time.pass(1_900);
  t.deepEqual(state.hungMs, []);
  await time.pass(250);
  t.is(state.hungMs.length, 1);
});

test("a tick that is 500 ms late still counts", async (t) => {
  const { time, state } = watched();
  await time.pass(1_750);
  time.freeze(750);
  await time.pass(1);
  t.deepEqual(state.hungMs, [2_500]);
});

test("a thread that is ready, and gets a core for 2 % of the time, is hung after 30 s alone", async (t) => {
  const { time, state } = watched();
  const startMs = time.nowMs();
  state.time = () => ({ isReady: true, usedMs: (time.nowMs() - startMs) / 50 });
  await time.pass(29_999);
  t.deepEqual(state.hungMs, []);
  await time.pass(1);
  t.deepEqual(state.hungMs, [30_000]);
});

test("a thread that was ready without a core has two seconds again after its next beat", async (t) => {
  const { time, state } = watched();
  state.time = () => ({ isReady: true, usedMs: 0 });
  await time.pass(10_000);
  state.beats += 1;
  state.time = () => ({ isReady: false, usedMs: 0 });
  await time.pass(2_000);
  t.deepEqual(state.hungMs, []);
  await time.pass(250);
  t.is(state.hungMs.length, 1);
});

test("a thread in an endless loop that has half a core is hung after two seconds", async (t) => {
  const { time, state } = watched();
  state.time = () => ({ isReady: true, usedMs: time.nowMs() / 2 });
  await time.pass(2_000);
  t.deepEqual(state.hungMs, [2_000]);
});

test("a thread in an endless loop that has a whole core half of the time is hung after two seconds", async (t) => {
  const { time, state } = watched();
  const startMs = time.nowMs();
  const usedMs = () => 500 * Math.floor((time.nowMs() - startMs + 250) / 500);
  state.time = () => ({ isReady: true, usedMs: usedMs() });
  await time.pass(2_500);
  t.is(state.hungMs.length, 1);
});

test("a thread that waits for a lock or a disk is hung after two seconds", async (t) => {
  const { time, state } = watched();
  state.time = () => ({ isReady: false, usedMs: 0 });
  await time.pass(2_000);
  t.deepEqual(state.hungMs, [2_000]);
});

test("one timer watches all, and stops with the last", (t) => {
  const { time, monitor, unwatch } = watched();
  const unwatchOther = monitor.watch({ beats: () => 0, time: () => undefined }, () => {});
  t.is(time.pending, 1);
  unwatch();
  t.is(time.pending, 1);
  unwatchOther();
  t.is(time.pending, 0);
});
