import test from "ava";
import fc from "fast-check";
import { clockOffset } from "../../../src/agents/leader/clock-offset.ts";

test("the shortest round trip gives the offset, and slow ones do not matter", (t) => {
  const trips = [
    { askedMs: 0, answeredMs: 400, theirMs: 90_390 },
    { askedMs: 1_000, answeredMs: 1_002, theirMs: 91_001 },
    { askedMs: 2_000, answeredMs: 2_300, theirMs: 92_000 },
  ];
  t.is(clockOffset(trips), 90_000);
});

test("the offset is off by half of the shortest round trip at most", (t) => {
  const trip = fc.record({ there: fc.nat(500), back: fc.nat(500), at: fc.nat(1e6) });
  fc.assert(
    fc.property(
      fc.array(trip, { minLength: 1, maxLength: 9 }),
      fc.integer({ min: -1e7, max: 1e7 }),
      (times, offset) => {
        const trips = times.map(({ there, back, at }) => ({
          askedMs: at,
          theirMs: at + there + offset,
          answeredMs: at + there + back,
        }));
        const shortest = Math.min(...times.map(({ there, back }) => there + back));
        return Math.abs(clockOffset(trips) - offset) <= shortest / 2;
      },
    ),
  );
  t.pass();
});
