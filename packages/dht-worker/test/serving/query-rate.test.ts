import test from "ava";

import { QueryRate } from "../../src/serving/query-rate.ts";

/** Moments at which a node that always has a query to send sends it. */
function sendDuring(rate: QueryRate, startMs: number, endMs: number): number[] {
  const sent: number[] = [];
  let nowMs = startMs;
  while (nowMs < endMs) {
    if (rate.take(nowMs)) sent.push(nowMs);
    else nowMs = rate.nextMs(nowMs);
  }
  return sent;
}

test("queries are at most 200 in any second, and 100 a second over a minute", (t) => {
  const rate = new QueryRate();
  const sent = [...sendDuring(rate, 0, 60_000), ...sendDuring(rate, 90_000, 95_000)];
  const tooSoon = sent.filter((ms, at) => (sent[at + 200] ?? Infinity) < ms + 1_000);
  t.deepEqual(tooSoon, []);
  const firstMinute = sent.filter((ms) => ms < 60_000).length;
  t.true(firstMinute >= 5_990 && firstMinute <= 6_100, `${firstMinute}`);
});

test("without a bound the next query may be sent at once", (t) => {
  const rate = new QueryRate({ perSecond: Infinity, perBurst: Infinity });
  for (let query = 0; query < 1_000; query++) t.true(rate.take(7));
  t.is(rate.nextMs(7), 7);
});
