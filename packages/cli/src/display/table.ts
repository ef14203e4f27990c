// Columns of text that line up. Nothing is cut: who asks for a table wants to read all of it, and the last column
// may wrap.

import { columnsOf } from "./text-width.ts";

/** Which end of a column its texts stand at. */
export type Alignment = "left" | "right";

/** Lines up rows of clean texts, one alignment a column. */
export function renderTable(
  layout: readonly Alignment[],
  rows: readonly (readonly string[])[],
): string[] {
  const widths = layout.map((_alignment, index) =>
    rows.reduce((widest, row) => Math.max(widest, columnsOf(row[index] ?? "")), 0),
  );
  return rows.map((row) =>
    layout
      .map((alignment, index) => {
        const text = row[index] ?? "";
        const fill = " ".repeat((widths[index] ?? 0) - columnsOf(text));
        return alignment === "left" ? text + fill : fill + text;
      })
      .join("  ")
      .trimEnd(),
  );
}
