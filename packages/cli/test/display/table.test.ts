import test from "ava";
import fc from "fast-check";
import { plainRoom, renderTable } from "../../src/display/table.ts";
import { columnsOf } from "../../src/display/text-width.ts";

const table = {
  layout: ["right", "left"],
  titles: ["size", "path"],
  rows: [
    ["1 B", "a"],
    ["100 B", "日本語.txt"],
  ],
} as const;

test("columns line up under their titles", (t) => {
  t.deepEqual(renderTable(table, plainRoom), [" size  path", "  1 B  a", "100 B  日本語.txt"]);
});

test("titles are dim where there are colours", (t) => {
  const room = { style: { usesUnicode: true, usesColour: true }, columns: 80 };
  t.is(renderTable(table, room)[0], "\u001b[2m size  path\u001b[22m");
});

test("the last column continues below itself, and no character is cut", (t) => {
  const rows = [["1 B", "日本".repeat(8)]];
  t.deepEqual(renderTable({ ...table, rows }, { ...plainRoom, columns: 28 }), [
    "size  path",
    " 1 B  日本日本日本日本日本日",
    "      本日本日本",
  ]);
});

test("without room for the last column the terminal wraps it", (t) => {
  const rows = [["1 B", "x".repeat(60)]];
  t.is(renderTable({ ...table, rows }, { ...plainRoom, columns: 20 }).length, 2);
});

test("no text is lost on the narrowest terminal", (t) => {
  const text = fc
    .string({ unit: "grapheme", maxLength: 60 })
    .map((any) => any.replaceAll(/\s/g, ""));
  fc.assert(
    fc.property(text, fc.integer({ min: 30, max: 60 }), (path, columns) => {
      const lines = renderTable(
        { layout: ["left", "left"], rows: [["x", path]] },
        { ...plainRoom, columns },
      );
      t.is(lines.map((line) => line.slice(3)).join(""), path);
      for (const line of lines) t.true(columnsOf(line) <= columns);
    }),
  );
});
