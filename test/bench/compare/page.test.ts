// docs/benchmarks.md, as `pnpm bench:compare --write-docs` writes it.

import test from "ava";
import { mergePage } from "../../../bench/compare/page.ts";

const order = ["download", "seed", "start"];
const section = (row: string, text: string, isWhole = true) => ({ row, text, isWhole });
const page = mergePage(
  undefined,
  [section("start", "## S\n\nold"), section("download", "## D")],
  order,
);

/** Headings and what follows them up to the next one. */
function rowsOf(text: string): string[] {
  return text.split(/^<!-- row \S+ -->\n/m).slice(1);
}

test("a new page has its sections in the order of the rows", (t) => {
  t.true(page.startsWith("# "));
  t.deepEqual(rowsOf(page), ["## D\n\n", "## S\n\nold\n"]);
});

test("a new section replaces that of its row, and every other section stays as it was", (t) => {
  const merged = mergePage(page, [section("start", "## S\n\nnew"), section("seed", "## E")], order);
  t.deepEqual(rowsOf(merged), ["## D\n\n", "## E\n\n", "## S\n\nnew\n"]);
});

test("a section that lacks a contestant replaces none, and is taken where there is none", (t) => {
  const partial = [section("start", "## S\n\npartial", false), section("seed", "## E", false)];
  t.deepEqual(rowsOf(mergePage(page, partial, order)), ["## D\n\n", "## E\n\n", "## S\n\nold\n"]);
});

test("a page that nothing is put into stays the same", (t) => {
  t.is(mergePage(page, [], order), page);
});

test("the section of a row that is no more is dropped", (t) => {
  t.deepEqual(rowsOf(mergePage(page, [], ["download"])), ["## D\n"]);
});
