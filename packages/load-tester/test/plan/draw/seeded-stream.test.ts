import test from "ava";
import { SeededStream } from "../../../src/plan/draw/seeded-stream.ts";

test("a stream is the same for the same seed and labels, and differs for others", (t) => {
  const words = (seed: number, ...labels: number[]) => {
    const stream = new SeededStream(seed, labels);
    return Array.from({ length: 8 }, () => stream.word());
  };
  t.deepEqual(words(1, 2, 3), words(1, 2, 3));
  const others = [words(1, 2, 3), words(2, 2, 3), words(1, 3, 2), words(1, 2), words(1, 2, 3, 0)];
  t.is(new Set(others.map((list) => list.join())).size, others.length);
  t.is(new Set(others.flat()).size, 40);
});

test("the words of a stream stay what they are: a recorded list", (t) => {
  const stream = new SeededStream(1, [0]);
  t.deepEqual(
    Array.from({ length: 4 }, () => stream.word()),
    [3060752534, 149910341, 2962707927, 2913124976],
  );
});

test("fractions are even, and normal numbers have mean 0 and spread 1", (t) => {
  const stream = new SeededStream(3, []);
  const tenths = new Uint32Array(10);
  for (let drawn = 0; drawn < 100_000; drawn += 1) {
    const index = Math.floor(10 * stream.fraction());
    tenths[index] = (tenths[index] ?? 0) + 1;
  }
  t.true(
    tenths.every((count) => Math.abs(count - 10_000) < 400),
    tenths.join(),
  );
  const normal = Array.from({ length: 100_000 }, () => stream.normal());
  const mean = normal.reduce((sum, value) => sum + value, 0) / normal.length;
  const spread = Math.sqrt(
    normal.reduce((sum, value) => sum + (value - mean) ** 2, 0) / normal.length,
  );
  t.true(Math.abs(mean) < 0.02 && Math.abs(spread - 1) < 0.02, `${mean} ${spread}`);
});
