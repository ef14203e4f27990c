import test from "ava";
import { RecentDials } from "../../../src/torrent/addresses/recent-dials.ts";

const minute = 60_000;
const windowMs = 65_000;
const network = "8.0.0";
const limit = 30;

test("a network has room for thirty first dials and thirty redials in any minute", (t) => {
  const dials = new RecentDials();
  const begun: number[] = [];
  for (let nowMs = 0; nowMs < 5 * minute; nowMs += 500) {
    for (const kind of ["first", "again"] as const) {
      if (dials.room(network, kind, nowMs, limit) <= 0) continue;
      dials.began(network, kind, nowMs);
      if (kind === "first") begun.push(nowMs);
    }
  }
  for (const atMs of begun) {
    t.true(begun.filter((other) => other >= atMs && other < atMs + minute).length <= 30);
  }
  t.true(begun.length >= 130);
});

test("first dials leave the redials alone, and other networks too", (t) => {
  const dials = new RecentDials();
  for (let n = 0; n < 30; n++) dials.began(network, "first", 0);
  t.is(dials.room(network, "first", 0, limit), 0);
  t.is(dials.room(network, "again", 0, limit), 30);
  t.is(dials.room("8.0.1", "first", 0, limit), 30);
});

test("a network at its bound opens 65 seconds after its oldest dial", (t) => {
  const dials = new RecentDials();
  t.is(dials.opensAtMs(network, "again", 5, limit), 5);
  for (let n = 0; n < 30; n++) dials.began(network, "again", 10 * n);
  t.is(dials.opensAtMs(network, "again", 300, limit), windowMs);
  t.is(dials.room(network, "again", windowMs - 1, limit), 0);
  t.is(dials.room(network, "again", windowMs, limit), 1);
});

test("a key beyond its limit, which was higher, opens when fewer dials than the limit count", (t) => {
  const dials = new RecentDials();
  for (let n = 0; n < 6; n++) dials.began("8.0.0.1", "first", 1_000 * n);
  t.is(dials.room("8.0.0.1", "first", 6_000, 4), -2);
  t.is(dials.opensAtMs("8.0.0.1", "first", 6_000, 4), windowMs + 2_000);
  t.is(dials.room("8.0.0.1", "first", windowMs + 2_000, 4), 1);
});

test("networks are forgotten 65 seconds after their last dial, and beyond 20,000", (t) => {
  const dials = new RecentDials();
  for (let n = 0; n < 20_001; n++) dials.began(`9.${n}`, "first", 0);
  t.is(dials.size, 20_000);
  dials.began(network, "again", windowMs);
  t.is(dials.size, 1);
});
