import test from "ava";
import fc from "fast-check";
import { RangeRows } from "../../src/ip-filter/range-rows.ts";

type Range = readonly [first: number, last: number];

/** Runs a generator to its end. @returns its steps. */
function run(work: Generator<void>): number {
  let steps = 0;
  while (work.next().done !== true) steps++;
  return steps;
}

/** The ranges after they were sorted and merged. */
function compacted(words: number, ranges: readonly (readonly [number[], number[]])[]) {
  const rows = new RangeRows(words);
  for (const [first, last] of ranges) rows.add(first, last);
  run(rows.compact());
  const ends = [0, 1].map(() => new Uint32Array(rows.count * words));
  const [firsts = new Uint32Array(), lasts = new Uint32Array()] = ends;
  run(rows.write(firsts, lasts));
  return Array.from({ length: rows.count }, (_, i) =>
    [firsts, lasts].map((list) => [...list.subarray(i * words, (i + 1) * words)]),
  );
}

const most = 0xff_ff_ff_ff;

test("ranges are sorted, and those that overlap, touch or lie in each other become one", (t) => {
  const ranges: Range[] = [
    [50, 60],
    [10, 20],
    [21, 25],
    [0, 5],
    [12, 13],
    [55, 70],
    [most, most],
    [72, 80],
  ];
  const made = compacted(
    1,
    ranges.map(([first, last]) => [[first], [last]]),
  );
  t.deepEqual(
    made.map(([first, last]) => [first?.[0], last?.[0]]),
    [
      [0, 5],
      [10, 25],
      [50, 70],
      [72, 80],
      [most, most],
    ],
  );
});

test("an address of four words continues in the word above when a word is full", (t) => {
  const made = compacted(4, [
    [
      [1, 2, 0, 0],
      [1, 2, most, most],
    ],
    [
      [1, 3, 0, 0],
      [1, 3, 0, 9],
    ],
    [
      [1, 3, 0, 11],
      [1, 3, 0, 12],
    ],
    [
      [0, 0, 0, 0],
      [0, most, most, most],
    ],
  ]);
  t.deepEqual(made, [
    [
      [0, 0, 0, 0],
      [0, most, most, most],
    ],
    [
      [1, 2, 0, 0],
      [1, 3, 0, 9],
    ],
    [
      [1, 3, 0, 11],
      [1, 3, 0, 12],
    ],
  ]);
});

for (const words of [1, 4]) {
  test(`any ranges of ${words} words cover the same addresses, ascending and disjoint`, (t) => {
    const end = fc.integer({ min: 0, max: 300 });
    // The first words are equal or spread over both digits of the sort.
    const high = fc.constantFrom(0, 0x1_0000, most);
    const addressOf = (top: number, low: number) => [...Array(words - 1).fill(top), low];
    fc.assert(
      fc.property(fc.array(fc.tuple(high, end, end), { maxLength: 60 }), (drawn) => {
        const ranges = drawn.map(([top, a, b]) => ({
          top: words === 1 ? 0 : top,
          first: Math.min(a, b),
          last: Math.max(a, b),
        }));
        const expected = new Set(
          ranges.flatMap(({ top, first, last }) =>
            Array.from({ length: last - first + 1 }, (_, i) => addressOf(top, first + i).join()),
          ),
        );
        const made = compacted(
          words,
          ranges.map(({ top, first, last }) => [addressOf(top, first), addressOf(top, last)]),
        );
        const covered = made.flatMap(([first = [], last = []]) => {
          const [from = 0, to = 0] = [first.at(-1), last.at(-1)];
          return Array.from({ length: to - from + 1 }, (_, i) =>
            [...first.slice(0, -1), from + i].join(),
          );
        });
        return (
          covered.length === expected.size && covered.every((address) => expected.has(address))
        );
      }),
    );
    t.pass();
  });
}

test("a list of many ranges is sorted in many steps", (t) => {
  const rows = new RangeRows(1);
  for (let i = 40_000; i > 0; i--) rows.add([3 * i], [3 * i + 1]);
  t.true(run(rows.compact()) > 20);
  t.is(rows.count, 40_000);
});
