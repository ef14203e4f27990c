import test from "ava";

import { AddressCounter } from "../../src/connection/address-counter.ts";

test("four counts in a minute are too many, and are forgotten after the minute", (t) => {
  let nowMs = 0;
  const counter = new AddressCounter(() => nowMs, 4);
  for (let event = 0; event < 4; event++) {
    t.false(counter.isOverLimit("198.51.100.1"));
    counter.count("198.51.100.1");
  }
  t.true(counter.isOverLimit("198.51.100.1"));
  nowMs = 60_000;
  t.false(counter.isOverLimit("198.51.100.1"));
});

test("at most 4,096 addresses are remembered; the oldest is forgotten first", (t) => {
  const counter = new AddressCounter(() => 0, 4);
  const host = (index: number): string => `198.51.${index >> 8}.${index & 255}`;
  for (let index = 0; index <= 4_096; index++) {
    for (let event = 0; event < 4; event++) counter.count(host(index));
  }
  t.false(counter.isOverLimit(host(0)));
  t.true(counter.isOverLimit(host(1)) && counter.isOverLimit(host(4_096)));
});

test("the addresses of one IPv6 subscriber count as one, and local addresses not at all", (t) => {
  const counter = new AddressCounter(() => 0, 2);
  counter.count("2001:db8:1:1::1");
  counter.count("2001:db8:1:1:ffff::2");
  t.true(counter.isOverLimit("2001:db8:1:1::3"));
  t.false(counter.isOverLimit("2001:db8:1:2::3"));
  for (let event = 0; event < 5; event++) counter.count("127.0.0.1");
  t.false(counter.isOverLimit("127.0.0.1"));
});
