import test from "ava";
import { pseudoTable, pseudoText } from "../../src/text/pseudo-locale.ts";

test("G12 a text of the pseudo-locale has no plain letter, and is a third longer", (t) => {
  const text = "The quick brown fox JUMPS over the lazy dog.";
  const pseudo = pseudoText(text);
  t.notRegex(pseudo, /[A-Za-z]/);
  t.true(pseudo.length >= (text.length * 4) / 3);
});

test("G12 a table is changed through: texts, functions, tables in it", (t) => {
  const table = pseudoTable({ one: "ab", of: (count: number) => `x ${count}`, in: { two: "z" } });
  t.is(table.one, "[åƀ~]");
  t.is(table.of(3), "[ẋ 3~]");
  t.is(table.in.two, "[ž~]");
});
