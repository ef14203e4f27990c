import test from "ava";
import { mergeRanges, rangesOf } from "../../src/metainfo/index.ts";

test("pieces are ranges, ascending and apart", (t) => {
  t.deepEqual(rangesOf([5, 1, 2, 9, 3]), [
    [1, 3],
    [5, 5],
    [9, 9],
  ]);
  t.deepEqual(rangesOf([]), []);
});

test("ranges that touch, overlap or hold each other become one", (t) => {
  t.deepEqual(
    mergeRanges([
      [4, 9],
      [0, 1],
      [5, 6],
      [10, 12],
    ]),
    [
      [0, 1],
      [4, 12],
    ],
  );
});
