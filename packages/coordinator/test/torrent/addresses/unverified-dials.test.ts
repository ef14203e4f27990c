import test from "ava";
import { UnverifiedDials } from "../../../src/torrent/addresses/unverified-dials.ts";

const hour = 3_600_000;

function makeDials() {
  const clock = { atMs: 0, nowMs: () => clock.atMs };
  return { clock, dials: new UnverifiedDials(clock) };
}

test("two dials that met no peer are the last of a host for an hour", (t) => {
  const { clock, dials } = makeDials();
  dials.began("8.0.0.1");
  t.is(dials.permit("8.0.0.1"), "now");
  clock.atMs = hour / 2;
  dials.began("8.0.0.1");
  t.is(dials.permit("8.0.0.1"), "later", "the last one may meet its peer yet");
  clock.atMs += 10_000;
  t.is(dials.permit("8.0.0.1"), "no");
  t.is(dials.permit("8.0.0.2"), "now");
  clock.atMs = hour;
  t.is(dials.permit("8.0.0.1"), "no", "half an hour after the second");
  clock.atMs = hour / 2 + hour;
  t.is(dials.permit("8.0.0.1"), "now");
});

test("no hour has more than two dials of a host", (t) => {
  const { clock, dials } = makeDials();
  const begun: number[] = [];
  for (; clock.atMs < 5 * hour; clock.atMs += 60_000) {
    if (dials.permit("8.0.0.1") !== "now") continue;
    dials.began("8.0.0.1");
    begun.push(clock.atMs);
  }
  for (const atMs of begun) {
    t.true(begun.filter((other) => other >= atMs && other < atMs + hour).length <= 2);
  }
  t.true(begun.length >= 8);
});

test("a dial that met a peer does not count", (t) => {
  const { dials } = makeDials();
  for (let n = 0; n < 10; n++) {
    dials.began("8.0.0.1");
    dials.undo("8.0.0.1");
  }
  t.is(dials.permit("8.0.0.1"), "now");
  t.is(dials.size, 0);
  dials.undo("8.0.0.9");
});

test("hosts are forgotten an hour after their last dial, and beyond 108,000", (t) => {
  const { clock, dials } = makeDials();
  const hostOf = (n: number) => `9.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
  for (let n = 0; n < 108_001; n++) dials.began(hostOf(n));
  t.is(dials.size, 108_000);
  clock.atMs = hour;
  dials.began("8.0.0.1");
  t.is(dials.size, 1);
});
