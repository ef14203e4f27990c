import test from "ava";

import { SeededRandom } from "../../src/simulated/seeded-random.ts";

const draws = (random: SeededRandom): number[] => Array.from({ length: 50 }, () => random.next());

test("the same seed gives the same numbers, another seed others", (t) => {
  t.deepEqual(draws(new SeededRandom("7")), draws(new SeededRandom("7")));
  t.notDeepEqual(draws(new SeededRandom("7")), draws(new SeededRandom("8")));
  t.deepEqual(new SeededRandom("7").bytes(40), new SeededRandom("7").bytes(40));
});

test("the numbers of a seed never change between versions", (t) => {
  const random = new SeededRandom("fixed");
  t.deepEqual(
    Array.from({ length: 5 }, () => random.integer(1000)),
    [909, 632, 981, 240, 906],
  );
});

test("a fork is independent of its parent and of other forks", (t) => {
  const parent = new SeededRandom("7");
  const before = draws(parent.fork("a"));
  draws(parent);
  t.deepEqual(draws(parent.fork("a")), before);
  t.notDeepEqual(draws(parent.fork("b")), before);
});

test("numbers are spread over their range", (t) => {
  const random = new SeededRandom("spread");
  const counts = new Array<number>(10).fill(0);
  for (let draw = 0; draw < 10_000; draw += 1) {
    const number = random.next();
    t.true(number >= 0 && number < 1);
    const bucket = Math.floor(number * 10);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  t.true(counts.every((count) => count > 800 && count < 1200));
});
