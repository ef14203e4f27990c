// The text of a row of `pnpm bench:compare --against COMMIT`.

import test from "ava";
import { againstFigures, againstText } from "../../../bench/compare/against-table.ts";
import type { Figures } from "../../../bench/compare/figures.ts";
import type { MeasuredRow } from "../../../bench/compare/measured-row.ts";

const commit = (name: "ours" | "before" | "again", runs: readonly Figures[]) => ({
  ...{ name, version: `troupe of ${name}` },
  runs,
});

function rowOf(
  compared: MeasuredRow["compared"],
  ours: readonly Figures[],
  before: readonly Figures[],
  again: readonly Figures[],
): MeasuredRow {
  return {
    ...{ name: "download", title: "Download", about: "", goal: "", figures: compared, compared },
    ...{
      reference: "libtorrent",
      date: "2026-11-24 10:00",
      machine: "2 cores",
      missing: [],
      busy: [],
    },
    runs: ours.length,
    contestants: [commit("ours", ours), commit("before", before), commit("again", again)],
  };
}

const rates = (...values: number[]): Figures[] => values.map((rate) => ({ rate }));
const times = (...values: number[]): Figures[] => values.map((cpu) => ({ cpu }));

test("a ratio is the median of the pairs, not the ratio of the medians", (t) => {
  const row = rowOf(["rate"], rates(100, 50, 90), rates(100, 100, 60), rates(100, 100, 60));
  t.is(againstFigures(row, 0.98)[0]?.ratio, 1);
});

test("a gain reaches its bar when it misses by no more than the commit before differs from itself", (t) => {
  const before = rates(100, 100, 100);
  const of = (ours: number, again: number) =>
    againstFigures(
      rowOf(["rate"], rates(ours, ours, ours), before, rates(again, again, again)),
      0.98,
    )[0]?.isReached;
  t.true(of(98, 100));
  t.false(of(97, 100));
  t.true(of(97, 101));
  t.true(of(97, 99));
  t.false(of(95, 101));
});

test("a cost may be as much larger as a gain may be smaller", (t) => {
  const before = times(1, 1, 1);
  const of = (ours: number) =>
    againstFigures(rowOf(["cpu"], times(ours, ours, ours), before, before), 0.98)[0];
  t.is(of(1)?.bound, 1.02);
  t.true(of(1.01)?.isReached);
  t.false(of(1.03)?.isReached);
});

test("a run without a figure leaves its pair out", (t) => {
  const row = rowOf(
    ["rate"],
    [{ rate: 50 }, {}, { rate: 100 }],
    rates(100, 1, 100),
    rates(1, 1, 1),
  );
  t.is(againstFigures(row, 0.98)[0]?.ratio, 0.75);
});

test("processor time decides where a row has it", (t) => {
  const both = (rate: number, cpu: number): Figures[] => [{ rate, cpu }];
  const row = rowOf(["rate", "cpu"], both(50, 1), both(100, 1), both(100, 1));
  const text = againstText(row, 0.98);
  t.regex(text, /The bar is reached: CPU 1\.000 × the commit before, which has 1\.000 × itself\./);
  t.regex(text, /MB\/s .*0\.500 .*≥ 0\.98 \| missed/);
});
