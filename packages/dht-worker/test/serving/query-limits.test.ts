import test from "ava";

import { QueryLimits } from "../../src/serving/query-limits.ts";

/** Counts datagrams, a millisecond apart. @returns The number that may be answered. */
function send(limits: QueryLimits, sender: string, queries: number, startMs: number): number {
  let answered = 0;
  for (let query = 0; query < queries; query++) {
    if (limits.count(sender, startMs + query)) answered++;
  }
  return answered;
}

test("case 80: a sender that sends 50 queries in 10 s is ignored for 300 s", (t) => {
  const limits = new QueryLimits();
  t.is(send(limits, "flood", 60, 0), 49);
  t.true(limits.isIgnored("flood", 300_048));
  t.false(limits.isIgnored("other", 60));
  t.false(limits.isIgnored("flood", 300_049));
  t.is(send(limits, "flood", 60, 300_049), 49);
});

test("case 80: a sender that sends 49 queries each 10 s is never ignored", (t) => {
  const limits = new QueryLimits();
  for (let round = 0; round < 100; round++) {
    t.is(send(limits, "busy", 49, 10_000 * round), 49);
  }
});

test("case 80: a million forged senders neither take memory nor hide a flood", (t) => {
  const limits = new QueryLimits();
  let [answered, forged] = [0, 0];
  for (let query = 0; query < 100; query++) {
    if (limits.count("flood", query)) answered++;
    for (let other = 0; other < 1_000; other++) limits.count(`forged ${forged++}`, query);
  }
  t.is(answered, 49);
  t.true(limits.size <= 16_384, `${limits.size}`);
});

test("without a bound no sender is ignored", (t) => {
  const limits = new QueryLimits({ maxQueries: Infinity, windowMs: 10_000, ignoreMs: 300_000 });
  t.is(send(limits, "flood", 10_000, 0), 10_000);
});
