// Tables: plain ones, and the one under each plot, which is filled when it is opened.

import { element, type Child } from "./elements.ts";
import { formatClock, type Format } from "./format.ts";
import type { Line } from "./series.ts";

/** A cell: text, or elements. Numbers are aligned to the right. */
export type Cell = Child | { readonly number: string };

/** A table that scrolls sideways by itself when the screen is narrow. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
): HTMLElement {
  const made = element(
    "table",
    {},
    element("caption", {}, caption),
    element(
      "thead",
      {},
      element("tr", {}, ...head.map((text, column) => headCell(text, rows[0]?.[column]))),
    ),
    element("tbody", {}, ...rows.map((cells) => element("tr", {}, ...cells.map(cellOf)))),
  );
  return element(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    made,
  );
}

function headCell(text: string, below: Cell): HTMLElement {
  return element("th", { scope: "col", ...(isNumber(below) ? { class: "number" } : {}) }, text);
}

function isNumber(cell: Cell): cell is { readonly number: string } {
  return typeof cell === "object" && "number" in cell;
}

function cellOf(cell: Cell, column: number): HTMLElement {
  const content = isNumber(cell) ? cell.number : cell;
  if (column === 0) return element("th", { scope: "row" }, content);
  return element("td", isNumber(cell) ? { class: "number" } : {}, content);
}

/** A button that opens a table; the table is made then. */
export function foldedTable(label: string, make: () => HTMLElement): HTMLElement {
  const folded = element("details", {}, element("summary", {}, label));
  let isFilled = false;
  folded.addEventListener("toggle", () => {
    if (isFilled || !folded.open) return;
    isFilled = true;
    folded.append(make());
  });
  return folded;
}

/** The table of lines over time: a row for each time that any of them has. */
export function linesTable(caption: string, lines: readonly Line[], format: Format): HTMLElement {
  const at = lines.map((line) => new Map(line.x.map((x, index) => [x, line.y[index] ?? null])));
  const times = [...new Set(lines.flatMap(({ x }) => [...x]))].toSorted((a, b) => a - b);
  const rows = times.map((time) => [
    formatClock(time),
    ...at.map((values) => {
      const value = values.get(time) ?? null;
      return { number: value === null ? "–" : format(value) };
    }),
  ]);
  return table(caption, ["time", ...lines.map(({ label }) => label)], rows);
}
