import test from "ava";
import fc from "fast-check";

import { RecentMap } from "../../src/serving/recent-map.ts";

test("any sequence of calls keeps the bound, and no entry has a wrong value", (t) => {
  const step = fc.record({
    call: fc.constantFrom("set", "get", "delete"),
    key: fc.integer({ min: 0, max: 30 }).map(String),
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 12 }),
      fc.array(step, { maxLength: 200 }),
      (bound, steps) => {
        const map = new RecentMap<string, number>(bound);
        const model = new Map<string, number>();
        for (const [value, { call, key }] of steps.entries()) {
          if (call === "set") map.set(key, value);
          if (call === "set") model.set(key, value);
          if (call === "delete") map.delete(key);
          if (call === "delete") model.delete(key);
          const found = map.get(key);
          t.true(found === undefined || found === model.get(key));
          if (call === "set") t.is(found, value);
          t.true(map.size <= bound);
        }
      },
    ),
    { numRuns: 100 },
  );
});

test("an entry in use outlives a flood of new keys", (t) => {
  const map = new RecentMap<string, string>(8);
  map.set("in use", "kept");
  map.set("unused", "lost");
  for (let flood = 0; flood < 100; flood++) {
    map.set(`new ${flood}`, "");
    t.is(map.get("in use"), "kept");
  }
  t.is(map.get("unused"), undefined);
});
