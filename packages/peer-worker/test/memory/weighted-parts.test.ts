import test from "ava";
import fc from "fast-check";
import { torrentWeight } from "@troupe/messages";

import { WeightedParts } from "../../src/memory/weighted-parts.ts";

/** The part of a total that each demand gets. */
function divide(total: number, demands: readonly (readonly [number, number])[]): number[] {
  const parts = new WeightedParts();
  for (const [weight, amount] of demands) parts.add(torrentWeight(weight), amount);
  const partOf = parts.divide(total);
  return demands.map(([weight, amount]) => partOf(torrentWeight(weight)) * amount);
}

test("demands of weights 1, 2 and 8 get parts by their weights", (t) => {
  t.deepEqual(
    divide(110, [
      [1, 100],
      [2, 100],
      [8, 100],
    ]),
    [10, 20, 80],
  );
  t.deepEqual(
    divide(60, [
      [1, 100],
      [1, 50],
    ]),
    [40, 20],
  );
});

test("a demand gets no more than it wants, and the others get the rest", (t) => {
  t.deepEqual(
    divide(60, [
      [1, 100],
      [8, 10],
    ]),
    [50, 10],
  );
  t.deepEqual(
    divide(60, [
      [1, 50],
      [8, 10],
    ]),
    [50, 10],
  );
  t.deepEqual(divide(60, []), []);
});

test("demands of weight 1 get the same part", (t) => {
  const property = fc.property(fc.nat(5_000), fc.array(fc.nat(500)), (total, amounts) => {
    const sum = amounts.reduce((all, amount) => all + amount, 0);
    const part = Math.min(1, total / Math.max(1, sum));
    t.deepEqual(
      divide(
        total,
        amounts.map((amount) => [1, amount]),
      ),
      amounts.map((amount) => part * amount),
    );
  });
  fc.assert(property);
});

test("light torrents alone use the whole total", (t) => {
  t.deepEqual(divide(1, [[1 / 64, 4]]), [1]);
  const [heavy = 0, light = 0] = divide(5, [
    [1, 3],
    [1 / 64, 4],
  ]);
  t.is(heavy, 3);
  t.is(light, 2);
});

test("with any weights all demands together stay within the total, and use it", (t) => {
  const anyDemand = fc.tuple(
    fc.constantFrom(1 / 64, 0.5, 1, 2, 8, 64),
    fc.integer({ min: 1, max: 500 }),
  );
  const property = fc.property(
    fc.integer({ min: 1, max: 5_000 }),
    fc.array(anyDemand, { minLength: 1 }),
    (total, demands) => {
      const given = divide(total, demands);
      const sum = given.reduce((all, amount) => all + amount, 0);
      const wanted = demands.reduce((all, [, amount]) => all + amount, 0);
      t.true(given.every((amount) => amount > 0));
      t.true(Math.abs(sum - Math.min(total, wanted)) < 1e-6 * total, `${sum} of ${total}`);
    },
  );
  fc.assert(property);
});
