import test from "ava";
import fc from "fast-check";
import { firstLookIn, nextLookIn } from "../../../../src/automation/feeds/look/look-schedule.ts";

const minute = 60_000;
const hour = 60 * minute;

function next(failures: number, { intervalMs = 15 * minute, ttlMinutes = 0, random = 0 } = {}) {
  return nextLookIn({ failures, intervalMs, ttlMinutes, random });
}

test("a feed is looked at in its interval; a longer time to live holds, up to a day", (t) => {
  t.is(next(0), 15 * minute);
  t.is(next(0, { ttlMinutes: 5 }), 15 * minute);
  t.is(next(0, { ttlMinutes: 60 }), hour);
  t.is(next(0, { ttlMinutes: 1e9 }), 24 * hour);
  t.is(next(0, { intervalMs: minute, random: 0.5 }), 63_000);
});

test("waits after errors double up to six hours", (t) => {
  const waits = [1, 2, 3, 4, 5, 6, 1_000].map((failures) => next(failures) / minute);
  t.deepEqual(waits, [30, 60, 120, 240, 360, 360, 360]);
  t.is(next(9, { intervalMs: 12 * hour }), 12 * hour);
});

test("no wait is shorter than the interval, or longer than a day and a tenth", (t) => {
  const facts = fc.record({
    failures: fc.nat(),
    intervalMs: fc.integer({ min: minute, max: 24 * hour }),
    ttlMinutes: fc.option(fc.double({ min: 0, noNaN: true }), { nil: undefined }),
    random: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(facts, (fact) => {
      const wait = nextLookIn(fact);
      return wait >= fact.intervalMs && wait <= 1.1 * 24 * hour;
    }),
  );
  t.pass();
});

test("first looks are spread, and no sooner than a minute after that of an earlier run", (t) => {
  t.is(firstLookIn(undefined, 0.5), 15_000);
  t.is(firstLookIn(hour, 0), 0);
  t.is(firstLookIn(10_000, 0), 50_000);
  t.is(firstLookIn(-5, 0), 0);
});
