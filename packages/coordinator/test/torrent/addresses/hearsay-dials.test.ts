import test from "ava";
import { HearsayDials } from "../../../src/torrent/addresses/hearsay-dials.ts";

const port = 6881;
const hour = 3_600_000;

function makeDials() {
  const clock = { atMs: 0, nowMs: () => clock.atMs };
  return { clock, dials: new HearsayDials(clock) };
}

test("two dials that met no peer are the last of a host for an hour, on every port", (t) => {
  const { clock, dials } = makeDials();
  dials.began("8.0.0.1", 1);
  t.true(dials.mayDial("8.0.0.1", 2));
  clock.atMs = hour / 2;
  dials.began("8.0.0.1", 2);
  t.false(dials.mayDial("8.0.0.1", 3));
  t.true(dials.mayDial("8.0.0.2", 3));
  clock.atMs = hour;
  t.false(dials.mayDial("8.0.0.1", 3), "half an hour after the second");
  clock.atMs = hour / 2 + hour;
  t.true(dials.mayDial("8.0.0.1", 3));
});

test("no hour has more than two dials of a host", (t) => {
  const { clock, dials } = makeDials();
  const begun: number[] = [];
  for (; clock.atMs < 5 * hour; clock.atMs += 60_000) {
    if (!dials.mayDial("8.0.0.1", port)) continue;
    dials.began("8.0.0.1", port);
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
    dials.began("8.0.0.1", port);
    dials.undo("8.0.0.1", port);
  }
  t.true(dials.mayDial("8.0.0.1", port));
  t.is(dials.size, 0);
  dials.undo("8.0.0.9", port);
});

test("an IPv6 /64 is one host, and a local host is known by its port", (t) => {
  const { dials } = makeDials();
  for (const host of ["2001:db8::1", "2001:db8::2"]) dials.began(host, port);
  t.false(dials.mayDial("2001:db8::3", port));
  t.true(dials.mayDial("2001:db8:0:1::3", port));
  for (let n = 0; n < 2; n++) dials.began("192.168.1.7", port);
  t.false(dials.mayDial("192.168.1.7", port));
  t.true(dials.mayDial("192.168.1.7", port + 1));
});

test("hosts are forgotten an hour after their last dial, and beyond 108,000", (t) => {
  const { clock, dials } = makeDials();
  const hostOf = (n: number) => `9.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
  for (let n = 0; n < 108_001; n++) dials.began(hostOf(n), port);
  t.is(dials.size, 108_000);
  clock.atMs = hour;
  dials.began("8.0.0.1", port);
  t.is(dials.size, 1);
});
