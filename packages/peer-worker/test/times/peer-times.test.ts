import test from "ava";

import { PeerTimes } from "../../src/times/peer-times.ts";

test("a block ends a measurement of the round trip", (t) => {
  const times = new PeerTimes(0);
  times.noteBlock(10);
  t.is(times.roundTripMs, 0, "no measurement had begun");
  times.beginProbe(20);
  times.noteBlock(50);
  times.noteBlock(90);
  t.is(times.roundTripMs, 30);
  t.is(times.lastBlockAtMs, 90);
  times.beginProbe(100);
  times.dropProbe();
  times.noteBlock(200);
  t.is(times.roundTripMs, 30);
});

test("of round trips that may be too long the least counts", (t) => {
  const times = new PeerTimes(0);
  for (const tookMs of [40, 30, 50]) times.noteLongRoundTrip(tookMs);
  t.is(times.roundTripMs, 30);
});

test("the time and the bytes of an arriving message count from its first chunk", (t) => {
  const times = new PeerTimes(0);
  times.noteFrame(true, false, 3, 10);
  times.noteFrame(true, false, 5, 20);
  t.deepEqual([times.frameSinceMs, times.frameBytes], [10, 5]);
  times.noteFrame(true, true, 7, 30);
  t.deepEqual([times.frameSinceMs, times.frameBytes], [30, 0], "another message");
  times.noteFrame(false, true, 9, 40);
  t.is(times.frameSinceMs, -1);
});
