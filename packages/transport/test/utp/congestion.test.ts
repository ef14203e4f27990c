import test from "ava";

import { Congestion } from "../../src/utp/congestion.ts";

const packetBytes = 1_000;
const usual = { bytes: 10_000, delayMs: 0, isFull: true, leastRoundTripMs: 20 };

/** Past its fast growth, at 100,000 bytes. */
function steadyCongestion(): Congestion {
  const congestion = new Congestion(100, packetBytes);
  congestion.acknowledged({ ...usual, bytes: 196_000 }, 0);
  congestion.lost(0, 1);
  return congestion;
}

test("until the first loss the window grows by each acknowledged byte, if it is used", (t) => {
  const congestion = new Congestion(100, packetBytes);
  t.is(congestion.windowBytes, 4_000);
  congestion.acknowledged({ ...usual, bytes: 4_000 }, 1);
  t.is(congestion.windowBytes, 8_000);
  congestion.acknowledged({ ...usual, isFull: false }, 2);
  t.is(congestion.windowBytes, 8_000);
  t.true(congestion.lost(1, 2));
  t.is(congestion.windowBytes, 4_000);
});

test("losses of packets that left before a halving halve no second time", (t) => {
  const congestion = steadyCongestion();
  t.is(congestion.windowBytes, 100_000);
  t.false(congestion.lost(0.5, 2));
  t.true(congestion.lost(1.5, 3));
  t.is(congestion.windowBytes, 50_000);
});

test("below the target the window grows by 3,000 bytes a round trip at most, above it shrinks", (t) => {
  const congestion = steadyCongestion();
  for (let at = 0; at < 10; at++) congestion.acknowledged(usual, 2);
  t.true(congestion.windowBytes > 102_900 && congestion.windowBytes <= 103_000);
  const before = congestion.windowBytes;
  congestion.acknowledged({ ...usual, delayMs: 100 }, 3);
  t.is(congestion.windowBytes, before);
  congestion.acknowledged({ ...usual, delayMs: 200 }, 4);
  t.true(congestion.windowBytes < before);
});

test("a delay without end takes no more than half of the acknowledged bytes", (t) => {
  const congestion = steadyCongestion();
  congestion.acknowledged({ ...usual, delayMs: 100_000 }, 3);
  t.is(congestion.windowBytes, 95_000);
});

test("an acknowledgement without a sample of the delay leaves a steady window as it is", (t) => {
  const congestion = steadyCongestion();
  congestion.acknowledged({ ...usual, delayMs: undefined }, 3);
  t.is(congestion.windowBytes, 100_000);
});

test("the window is a packet at least, whatever is lost, and 4 MiB at most", (t) => {
  const congestion = new Congestion(100, packetBytes);
  for (let ms = 1; ms < 50; ms++) congestion.lost(ms, ms + 0.5);
  t.is(congestion.windowBytes, packetBytes);
  const large = new Congestion(100, packetBytes);
  large.acknowledged({ ...usual, bytes: 10_000_000 }, 1);
  t.is(large.windowBytes, 4 * 1024 * 1024);
});

test("after a time-out the window begins with a packet and grows fast to half of what it was", (t) => {
  const congestion = steadyCongestion();
  congestion.timedOut(10);
  t.is(congestion.windowBytes, packetBytes);
  congestion.acknowledged({ ...usual, bytes: 49_000 }, 20);
  t.is(congestion.windowBytes, 50_000);
  congestion.acknowledged(usual, 30);
  const before = congestion.windowBytes;
  congestion.acknowledged(usual, 31);
  t.true(congestion.windowBytes - before < 1_000);
});

test("after a rest the window begins with four packets and grows fast to its size", (t) => {
  const congestion = steadyCongestion();
  congestion.rested();
  t.is(congestion.windowBytes, 4_000);
  congestion.acknowledged({ ...usual, bytes: 96_000 }, 20);
  t.is(congestion.windowBytes, 100_000);
  congestion.acknowledged(usual, 30);
  congestion.acknowledged(usual, 31);
  t.true(congestion.windowBytes < 101_000);
});

test("a burst's delay holds the window, and a queue that stays at half of the target ends the fast growth", (t) => {
  const congestion = new Congestion(100, packetBytes);
  congestion.acknowledged({ ...usual, bytes: 96_000 }, 0);
  congestion.acknowledged({ ...usual, delayMs: 60 }, 10);
  congestion.acknowledged(usual, 20);
  t.is(congestion.windowBytes, 100_000);
  // From 20 ms + 2 × 60 ms on, the delays are those of the held window.
  congestion.acknowledged({ ...usual, delayMs: 10 }, 155);
  congestion.acknowledged({ ...usual, delayMs: 10 }, 175);
  congestion.acknowledged(usual, 180);
  t.is(congestion.windowBytes, 110_000);
  congestion.acknowledged({ ...usual, delayMs: 60 }, 200);
  congestion.acknowledged({ ...usual, delayMs: 220 }, 345);
  congestion.acknowledged({ ...usual, delayMs: 220 }, 365);
  t.is(congestion.windowBytes, 55_000);
});

test("a queue that was not empty for 90 s is drained for a moment, and the window comes back", (t) => {
  const congestion = steadyCongestion();
  congestion.acknowledged({ ...usual, delayMs: 5 }, 1_000);
  congestion.acknowledged({ ...usual, delayMs: 100 }, 80_000);
  const before = congestion.windowBytes;
  t.true(before > 100_000);
  congestion.acknowledged({ ...usual, delayMs: 80 }, 91_001);
  t.is(congestion.windowBytes, (before * 0.25 * 20) / 100);
  congestion.lost(91_010, 91_020);
  congestion.acknowledged({ ...usual, delayMs: 0 }, 91_100);
  t.is(congestion.windowBytes, (before * 0.25 * 20) / 100);
  congestion.acknowledged({ ...usual, delayMs: 0 }, 91_201);
  congestion.acknowledged({ ...usual, delayMs: 0, bytes: 30_000 }, 91_220);
  t.true(congestion.windowBytes > 30_000);
});
