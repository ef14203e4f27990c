// Aligned columns. Nothing is cut: the last column wraps at the edge of the terminal.

import { paint, plainStyle } from "./style.ts";
import type { Style } from "./style.ts";
import { columnsOf, splitToFit } from "./text-width.ts";

/** The alignment of a column. */
export type Alignment = "left" | "right";

/** Where a table is shown. */
export interface TableRoom {
  readonly style: Style;
  /** Of the terminal; undefined for unlimited lines. */
  readonly columns: number | undefined;
}

/** No terminal: a file, a pipe, a report. */
export const plainRoom: TableRoom = { style: plainStyle, columns: undefined };

/** Rows of clean texts, one alignment per column. */
export interface Table {
  readonly layout: readonly Alignment[];
  readonly titles?: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const gap = "  ";
/** Below this width the terminal wraps the last column. */
const narrowestLast = 20;

/** The lines of a table: titles dim, the last column wrapped. */
export function renderTable({ layout, titles, rows }: Table, room: TableRoom): string[] {
  const all = titles === undefined ? rows : [titles, ...rows];
  const widths = layout.map((_alignment, index) =>
    all.reduce((widest, row) => Math.max(widest, columnsOf(row[index] ?? "")), 0),
  );
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + gap.length, 0);
  const left = (room.columns ?? Infinity) - before;
  const lastColumns = left < narrowestLast ? Infinity : left;
  const lines = (row: readonly string[]): string[] => {
    const cells = layout.slice(0, -1).map((alignment, index) => {
      const text = row[index] ?? "";
      const fill = " ".repeat((widths[index] ?? 0) - columnsOf(text));
      return alignment === "left" ? text + fill : fill + text;
    });
    const [first = "", ...others] = lastCell(row, layout, widths, lastColumns);
    const head = [...cells, first].join(gap).trimEnd();
    return [head, ...others.map((text) => " ".repeat(before) + text)];
  };
  const titleLines = titles === undefined ? [] : lines(titles);
  return [...titleLines.map((line) => paint(room.style, "dim", line)), ...rows.flatMap(lines)];
}

function lastCell(
  row: readonly string[],
  layout: readonly Alignment[],
  widths: readonly number[],
  columns: number,
): string[] {
  const last = layout.length - 1;
  const text = row[last] ?? "";
  if (layout[last] === "left") return columns === Infinity ? [text] : splitToFit(text, columns);
  return [" ".repeat((widths[last] ?? 0) - columnsOf(text)) + text];
}
