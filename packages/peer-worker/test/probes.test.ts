import test from "ava";

import { Probes } from "../src/probes.ts";

test("four unknown info-hashes in a minute are too many, and are forgotten after it", (t) => {
  let nowMs = 0;
  const probes = new Probes(() => nowMs);
  for (let probe = 0; probe < 4; probe++) {
    t.false(probes.isOverdone("198.51.100.1"));
    probes.note("198.51.100.1");
  }
  t.true(probes.isOverdone("198.51.100.1"));
  nowMs = 60_000;
  t.false(probes.isOverdone("198.51.100.1"));
});

test("no more than 4,096 addresses are remembered: the oldest goes first", (t) => {
  const probes = new Probes(() => 0);
  const host = (index: number): string => `198.51.${index >> 8}.${index & 255}`;
  for (let index = 0; index <= 4_096; index++) {
    for (let probe = 0; probe < 4; probe++) probes.note(host(index));
  }
  t.false(probes.isOverdone(host(0)));
  t.true(probes.isOverdone(host(1)) && probes.isOverdone(host(4_096)));
});
