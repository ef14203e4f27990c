import test from "ava";
import type { LimitPeriod } from "@troupe/messages";
import { limitsAt } from "../../../src/engine/rate-limits/schedule.ts";

const at = (day: number, hours: number, minutes = 0) => ({ day, minute: 60 * hours + minutes });
const office: LimitPeriod = {
  days: [1, 2, 3, 4, 5],
  fromMinute: 8 * 60,
  toMinute: 18 * 60,
  limits: { down: 1_000 },
};
const night: LimitPeriod = {
  days: [6],
  fromMinute: 22 * 60,
  toMinute: 6 * 60,
  limits: { down: 2_000 },
};

test("D11: a period replaces the usual limits from its first minute to its last", (t) => {
  const limits = { down: 5_000, schedule: [office] };
  t.is(limitsAt(limits, at(1, 7, 59)).down, 5_000);
  t.is(limitsAt(limits, at(1, 8)).down, 1_000);
  t.is(limitsAt(limits, at(5, 17, 59)).down, 1_000);
  t.is(limitsAt(limits, at(5, 18)).down, 5_000);
  t.is(limitsAt(limits, at(6, 12)).down, 5_000);
});

test("D11: a period over midnight belongs to the day of its beginning", (t) => {
  const limits = { schedule: [night] };
  t.is(limitsAt(limits, at(6, 23)).down, 2_000);
  t.is(limitsAt(limits, at(0, 5, 59)).down, 2_000);
  t.is(limitsAt(limits, at(0, 6)).down, undefined);
  t.is(limitsAt(limits, at(0, 23)).down, undefined);
  t.is(limitsAt(limits, at(6, 5)).down, undefined);
});

test("D11: if periods overlap, the first in the list applies; equal times are a whole day", (t) => {
  const always: LimitPeriod = { fromMinute: 0, toMinute: 0, limits: { up: 3_000 } };
  const limits = { schedule: [office, always] };
  t.deepEqual(limitsAt(limits, at(2, 9)), { down: 1_000 });
  t.deepEqual(limitsAt(limits, at(2, 19)), { up: 3_000 });
  t.deepEqual(limitsAt(limits, at(0, 0)), { up: 3_000 });
});
