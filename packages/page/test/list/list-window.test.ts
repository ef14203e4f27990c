import test from "ava";
import fc from "fast-check";
import { firstWindow, mostDrawn, scrollFor, windowOf } from "../../src/list/list-window.ts";

test("G12 the rows in sight and four around them are drawn", (t) => {
  const sight = { top: 5_000, height: 500, rowHeight: 50 };
  t.deepEqual(windowOf(sight), { first: 96, end: 114 });
  t.deepEqual(windowOf({ ...sight, top: -200 }), { first: 0, end: 10 });
  t.deepEqual(windowOf({ ...sight, top: -2_000 }), { first: 0, end: 0 });
});

const sights = fc.record({
  top: fc.integer({ min: -2_000, max: 2_000_000 }),
  height: fc.integer({ min: 100, max: 3_000 }),
  rowHeight: fc.integer({ min: 20, max: 200 }),
});

test("G12 every row in sight is drawn, and no more than the bound", (t) => {
  fc.assert(
    fc.property(sights, (sight) => {
      const { end, first } = windowOf(sight);
      t.true(end - first <= mostDrawn(sight.height, sight.rowHeight));
      const inSight = [sight.top, sight.top + sight.height - 1]
        .map((edge) => Math.floor(edge / sight.rowHeight))
        .filter((row) => row >= 0);
      for (const row of inSight) t.true(row >= first && row < end);
    }),
  );
  t.pass();
});

test("G12 the first window covers every list that begins in sight", (t) => {
  fc.assert(
    fc.property(sights, (sight) => {
      const { end } = firstWindow(sight.height, sight.rowHeight);
      const top = Math.min(sight.top, 0);
      t.true(end * sight.rowHeight >= top + sight.height);
      t.true(end <= mostDrawn(sight.height, sight.rowHeight));
    }),
  );
});

test("G12 a row out of sight is scrolled to the nearer edge, beside what covers it", (t) => {
  const sight = { top: 1_000, height: 500, rowHeight: 50 };
  t.is(scrollFor(25, sight, 100), undefined);
  t.is(scrollFor(21, sight, 100), 950);
  t.is(scrollFor(0, sight, 100), -100);
  t.is(scrollFor(30, sight, 100), 1_050);
});
