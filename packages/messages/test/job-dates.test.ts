import test from "ava";
import { mergedDates } from "../src/job-dates.ts";

test("two sources of dates give the first adding and completion, and the last activity", (t) => {
  const one = { addedAt: 3, completedAt: 9, activeAt: 10 };
  const other = { addedAt: 4, completedAt: 8, activeAt: 20 };
  const both = { addedAt: 3, completedAt: 8, activeAt: 20 };
  t.deepEqual(mergedDates(one, other), both);
  t.deepEqual(mergedDates(other, one), both);
});

test("a date that one source lacks is that of the other", (t) => {
  const known = { addedAt: 2, completedAt: 8, activeAt: 20 };
  t.deepEqual(mergedDates({ addedAt: 3 }, known), known);
  t.deepEqual(mergedDates(known, { addedAt: 3 }), known);
  t.deepEqual(mergedDates({ addedAt: 3 }, undefined), { addedAt: 3 });
  t.deepEqual(mergedDates({ addedAt: 3 }, { addedAt: 3 }), { addedAt: 3 });
});
