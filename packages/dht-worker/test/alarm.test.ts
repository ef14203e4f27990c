import { ManualTime } from "@troupe/actor-runtime/testing";
import test from "ava";

import { Alarm } from "../src/alarm.ts";

function makeAlarm(): { time: ManualTime; alarm: Alarm; rings: number[] } {
  const time = new ManualTime(0);
  const rings: number[] = [];
  const alarm = new Alarm({ clock: time, timers: time }, () => rings.push(time.nowMs()));
  return { time, alarm, rings };
}

test("an alarm rings once, at the earliest of its deadlines", (t) => {
  const { time, alarm, rings } = makeAlarm();
  alarm.ringAt(500);
  alarm.ringAt(200);
  alarm.ringAt(300);
  time.advance(1_000);
  t.deepEqual(rings, [200]);
});

test("an alarm without a deadline has no timer", (t) => {
  const { time, alarm } = makeAlarm();
  alarm.ringAt(Infinity);
  t.is(time.pending, 0);
});

test("a deadline that has passed rings at once", (t) => {
  const { time, alarm, rings } = makeAlarm();
  time.advance(100);
  alarm.ringAt(50);
  time.advance(0);
  t.deepEqual(rings, [100]);
});

test("a stopped alarm does not ring", (t) => {
  const { time, alarm, rings } = makeAlarm();
  alarm.ringAt(10);
  alarm.stop();
  time.advance(100);
  t.deepEqual(rings, []);
});
