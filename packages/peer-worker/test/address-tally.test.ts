import test from "ava";

import { AddressTally } from "../src/address-tally.ts";

test("what is done four times in a minute is overdone, and forgotten after it", (t) => {
  let nowMs = 0;
  const tally = new AddressTally(() => nowMs, 4);
  for (let event = 0; event < 4; event++) {
    t.false(tally.isOverdone("198.51.100.1"));
    tally.note("198.51.100.1");
  }
  t.true(tally.isOverdone("198.51.100.1"));
  nowMs = 60_000;
  t.false(tally.isOverdone("198.51.100.1"));
});

test("no more than 4,096 addresses are remembered: the oldest goes first", (t) => {
  const tally = new AddressTally(() => 0, 4);
  const host = (index: number): string => `198.51.${index >> 8}.${index & 255}`;
  for (let index = 0; index <= 4_096; index++) {
    for (let event = 0; event < 4; event++) tally.note(host(index));
  }
  t.false(tally.isOverdone(host(0)));
  t.true(tally.isOverdone(host(1)) && tally.isOverdone(host(4_096)));
});

test("the addresses of one IPv6 subscriber count as one, and local addresses not at all", (t) => {
  const tally = new AddressTally(() => 0, 2);
  tally.note("2001:db8:1:1::1");
  tally.note("2001:db8:1:1:ffff::2");
  t.true(tally.isOverdone("2001:db8:1:1::3"));
  t.false(tally.isOverdone("2001:db8:1:2::3"));
  for (let event = 0; event < 5; event++) tally.note("127.0.0.1");
  t.false(tally.isOverdone("127.0.0.1"));
});
