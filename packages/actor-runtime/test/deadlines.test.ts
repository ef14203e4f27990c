import test from "ava";
import fc from "fast-check";
import { Deadlines } from "../src/deadlines.ts";

test("deadlines come out in order of time, whatever the order in", (t) => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { maxLength: 40 }), fc.nat(10), (times, early) => {
      const deadlines = new Deadlines<number>();
      for (const atMs of times) deadlines.add(atMs, atMs);
      const out: number[] = [];
      for (let first = deadlines.first; first !== undefined; first = deadlines.first) {
        out.push(first);
        deadlines.removeFirst();
        if (out.length === early) deadlines.add(100, 100);
      }
      const expected = times.toSorted((a, b) => a - b);
      const grown = early > 0 && early <= times.length ? [...expected, 100] : expected;
      t.deepEqual(out, grown);
    }),
  );
});
