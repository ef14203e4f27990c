import test from "ava";

import { QueryRate } from "../../src/serving/query-rate.ts";

/** Moments at which a node that always has a query to send sends it. */
function sendDuring(rate: QueryRate, startMs: number, endMs: number): number[] {
  const sent: number[] = [];
  let nowMs = startMs;
  while (nowMs < endMs) {
    const readyMs = rate.nextMs(nowMs);
    if (readyMs === nowMs && rate.take(nowMs)) sent.push(nowMs);
    else nowMs = readyMs;
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

test("look-ups leave five queries to pings, unless the bound is smaller", (t) => {
  const rate = new QueryRate();
  t.is(sendDuring(rate, 0, 1).length, 95);
  t.deepEqual(
    Array.from({ length: 6 }, () => rate.take(0)),
    [true, true, true, true, true, false],
  );
  const slow = new QueryRate({ perSecond: 1, perBurst: 1 });
  t.is(sendDuring(slow, 0, 10_000).length, 10);
});

test("without a bound the next query may be sent at once", (t) => {
  const rate = new QueryRate({ perSecond: Infinity, perBurst: Infinity });
  for (let query = 0; query < 1_000; query++) t.true(rate.take(7));
  t.is(rate.nextMs(7), 7);
});
