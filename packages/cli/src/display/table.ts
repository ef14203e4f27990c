// Columns of text that line up.

import { columnsOf, cutToFit, fillTo } from "./text-width.ts";

/** How one column stands; the one that `gives` is cut when the table is wider than the terminal. */
export interface Column {
  readonly align: "left" | "right";
  readonly gives?: true;
}

const gap = "  ";
const narrowestGiver = 10;

/**
 * Lines up rows of clean texts.
 *
 * @param columns Columns of the terminal; a table for a file is as wide as it needs to be.
 */
export function renderTable(
  layout: readonly Column[],
  rows: readonly (readonly string[])[],
  columns: number = Number.POSITIVE_INFINITY,
): string[] {
  const widths = layout.map((_column, index) =>
    rows.reduce((widest, row) => Math.max(widest, columnsOf(row[index] ?? "")), 0),
  );
  const total = widths.reduce((sum, width) => sum + width, gap.length * (layout.length - 1));
  const giver = layout.findIndex((column) => column.gives === true);
  if (giver >= 0 && total > columns) {
    widths[giver] = Math.max(narrowestGiver, (widths[giver] ?? 0) - (total - columns));
  }
  return rows.map((row) =>
    layout
      .map(({ align }, index) => {
        const width = widths[index] ?? 0;
        const text = cutToFit(row[index] ?? "", width);
        return align === "left" ? fillTo(text, width) : " ".repeat(width - columnsOf(text)) + text;
      })
      .join(gap)
      .trimEnd(),
  );
}
