import { ManualTime } from "@troupe/actor-runtime/testing";
import test from "ava";
import { GuessDelays } from "../../src/guard/guess-delays.ts";
import { refused } from "../support/refused.ts";

function delayOf(delays: GuessDelays, key: string): number | undefined {
  return delays.refuse(key)?.retryAfterSeconds;
}

test("each wrong password doubles the delay of its address, from 1 s to 15 min", (t) => {
  const time = new ManualTime();
  const delays = new GuessDelays(time);
  t.is(delays.refuse("a"), undefined);
  for (const seconds of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]) {
    delays.addGuess("a");
    t.is(refused(t, delays.refuse("a"), "too-many-guesses", 429).retryAfterSeconds, seconds);
    time.advance(seconds * 1_000 - 1);
    t.is(delayOf(delays, "a"), 1);
    time.advance(1);
    t.is(delays.refuse("a"), undefined);
  }
});

test("calls during a delay do not prolong it, and other addresses have none", (t) => {
  const time = new ManualTime();
  const delays = new GuessDelays(time);
  delays.addGuess("a");
  for (let call = 0; call < 100; call++) delays.refuse("a");
  t.is(delays.refuse("b"), undefined);
  time.advance(1_000);
  t.is(delays.refuse("a"), undefined);
});

test("the right password, or a day without a wrong one, clears the delay", (t) => {
  const time = new ManualTime();
  const delays = new GuessDelays(time);
  for (let guess = 0; guess < 4; guess++) delays.addGuess("a");
  delays.clear("a");
  t.is(delays.refuse("a"), undefined);
  for (let guess = 0; guess < 4; guess++) delays.addGuess("a");
  time.advance(24 * 3_600_000);
  delays.addGuess("a");
  t.is(delayOf(delays, "a"), 16);
  time.advance(24 * 3_600_000 + 1);
  delays.addGuess("a");
  t.is(delayOf(delays, "a"), 1);
});

test("beyond 10,000 addresses the one whose delay ends first is forgotten", (t) => {
  const time = new ManualTime();
  const delays = new GuessDelays(time);
  for (let at = 0; at < 10_000; at++) {
    delays.addGuess(`${at}`);
    if (at === 0) delays.addGuess("0");
  }
  delays.addGuess("new");
  t.is(delayOf(delays, "new"), 1);
  t.is(delayOf(delays, "0"), 2);
  t.is(delays.refuse("1"), undefined);
  t.is(delayOf(delays, "2"), 1);
});
