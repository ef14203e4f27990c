import test from "ava";
import { ManualTime } from "@troupe/actor-runtime/testing";
import { LoopDelay } from "../../src/hosts/loop-delay.ts";
import { beatMs } from "../../src/supervision/heartbeat-monitor.ts";

/** A thread that works for a share of its time, and beats. */
function thread(share: number) {
  const time = new ManualTime();
  const delay = new LoopDelay(time, time, () => share);
  const beats = time.every(beatMs, () => delay.beat());
  return { time, delay, beats };
}

test("an idle event loop is woken by its beats alone", (t) => {
  const { time } = thread(0);
  let wakes = 0;
  for (const endMs = time.nowMs() + 10_000; time.step(endMs);) wakes++;
  t.is(wakes, 10_000 / beatMs);
});

test("a busy event loop is probed every 50 ms", (t) => {
  const { time } = thread(0.5);
  time.advance(beatMs);
  let wakes = 0;
  for (const endMs = time.nowMs() + 10_000; time.step(endMs);) wakes++;
  t.is(wakes, 10_000 / 50);
});

test("the largest delay is that of a late beat or a late probe", (t) => {
  const { time, delay, beats } = thread(0);
  t.deepEqual(delay.delays, { p99: 0, p999: 0, max: 0 });
  time.advance(beatMs);
  beats.cancel();
  time.advance(beatMs + 70);
  delay.beat();
  t.true(Math.abs(delay.delays.max - 70) < 1);
  t.true(delay.delays.p999 <= delay.delays.max);
});
