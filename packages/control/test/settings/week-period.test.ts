import test from "ava";
import { isUnderWay, weekMoment, weekPeriodOf } from "../../src/settings/week-period.ts";

test("the moment of the week is that of local time", (t) => {
  const sunday = Date.UTC(2026, 10, 22, 23, 30);
  t.deepEqual(weekMoment(sunday, 0), { day: 0, minute: 23 * 60 + 30 });
  t.deepEqual(weekMoment(sunday, 60), { day: 1, minute: 30 });
  t.deepEqual(weekMoment(sunday, -24 * 60), { day: 6, minute: 23 * 60 + 30 });
});

test("a period that ends before it begins goes on in the next day, and one without days begins on each", (t) => {
  const night = weekPeriodOf({ days: ["sat"], from: "22:00", to: "06:30" });
  t.deepEqual(night, { days: [6], fromMinute: 22 * 60, toMinute: 6 * 60 + 30 });
  t.true(isUnderWay(night, { day: 0, minute: 6 * 60 + 29 }));
  t.false(isUnderWay(night, { day: 0, minute: 6 * 60 + 30 }));
  t.false(isUnderWay(night, { day: 6, minute: 6 * 60 }));
  const day = weekPeriodOf({ from: "08:00", to: "08:00" });
  t.true(isUnderWay(day, { day: 3, minute: 0 }));
  t.true(isUnderWay(day, { day: 3, minute: 8 * 60 }));
});
