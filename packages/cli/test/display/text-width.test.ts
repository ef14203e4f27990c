import test from "ava";
import fc from "fast-check";
import { columnsOf, cutToFit, fillTo, spread, wrapWords } from "../../src/display/text-width.ts";

test("wide characters count twice and are never cut in two", (t) => {
  t.is(columnsOf("日本"), 4);
  t.is(cutToFit("日本語", 4), "日…");
  t.is(cutToFit("日本語", 5), "日本…");
});

test("an emoji of several code points stays whole or is left out", (t) => {
  t.is(cutToFit("👩‍👩‍👧‍👦abc", 4), "👩‍👩‍👧‍👦a…");
  t.is(cutToFit("👩‍👩‍👧‍👦abc", 2), "…");
});

test("words stay whole where a line has a space", (t) => {
  t.deepEqual(wrapWords("one two three", 7), ["one two", "three"]);
  t.deepEqual(wrapWords("a incomprehensible b", 8), ["a", "incompre", "hensible", "b"]);
  t.deepEqual(wrapWords("", 5), [""]);
});

test("text that fits stays unchanged", (t) => {
  t.is(cutToFit("abc", 3), "abc");
});

test("a filled field has exactly its columns for any text", (t) => {
  const text = fc.string({ unit: fc.constantFrom("a", "日", "é", "👍", " ") });
  fc.assert(
    fc.property(text, fc.nat(30), (name, columns) => {
      t.is(columnsOf(fillTo(name, columns)), columns);
    }),
  );
});

test("the left part of a line is cut for the right part", (t) => {
  t.is(spread("a long name", "state", 12), "a lon… state");
  t.is(spread("name", "state", 12), "name   state");
  t.is(spread("name", "state", 5), "state");
});
