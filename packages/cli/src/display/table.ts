// Columns are aligned and never cut: the last wraps at the edge of the terminal.

import type { Environment } from "../environment.ts";
import { columnsOfTerminal } from "./live-display.ts";
import { paint, plainStyle, styleFor, type Style } from "./style.ts";
import { columnsOf, splitToFit, wrapWords } from "./text-width.ts";
import { formatCount } from "./units.ts";

/** Where a table is shown. */
export interface TableRoom {
  readonly style: Style;
  /** Columns of the terminal; undefined for unlimited lines. */
  readonly columns: number | undefined;
}

/** No terminal: a file, a pipe, a report. */
export const plainRoom: TableRoom = { style: plainStyle, columns: undefined };

/** A terminal has a width and perhaps colours, other outputs neither. */
export function tableRoom({ stdout, variables, platform }: Environment): TableRoom {
  if (stdout.isTTY !== true) return plainRoom;
  const hasColours = stdout.hasColors?.() === true && variables["TERM"] !== "dumb";
  return { style: styleFor(variables, platform, hasColours), columns: columnsOfTerminal(stdout) };
}

/** Clean texts, an alignment per column. The last column is aligned left. */
interface Table {
  readonly layout: readonly ("left" | "right")[];
  readonly titles?: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** On a terminal that is too narrow, the first cell of a row has a line of its own above the others. */
  readonly stacks?: boolean;
  /** The last column has sentences, which wrap between words. */
  readonly isProse?: boolean;
}

const gap = "  ";
/** The terminal wraps a narrower last column. */
const narrowestLast = 20;

const mostFiles = 50;

/**
 * The first files by `title`, size, the details and path, then the number of the others.
 *
 * @param details Titles of columns. Default: the pieces.
 */
export function fileTable<File>(
  title: string,
  files: readonly File[],
  rowOf: (file: File) => readonly string[],
  room: TableRoom,
  details: readonly string[] = ["pieces"],
): string[] {
  const layout = ["right", "right", ...details.map(() => "left" as const), "left"] as const;
  const titles = [title, "size", ...details, "path"];
  const table = renderTable({ layout, titles, rows: files.slice(0, mostFiles).map(rowOf) }, room);
  const hidden = files.length - mostFiles;
  return hidden > 0 ? [...table, `… and ${formatCount(hidden, "more file")}`] : table;
}

/** The lines of a table: titles dim, the last column wrapped. */
export function renderTable(table: Table, room: TableRoom): string[] {
  const { layout, titles, rows, stacks = false, isProse = false } = table;
  const all = titles === undefined ? rows : [titles, ...rows];
  const widths = layout.map((_alignment, index) =>
    all.reduce((widest, row) => Math.max(widest, columnsOf(row[index] ?? "")), 0),
  );
  if (
    stacks &&
    widths.reduce((sum, width) => sum + width + gap.length, -gap.length) >
      (room.columns ?? Infinity)
  )
    return stackedTable(table, room);
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + gap.length, 0);
  const left = (room.columns ?? Infinity) - before;
  const lastColumns = left < narrowestLast ? Infinity : left;
  const lines = (row: readonly string[]): string[] => {
    const cells = layout.slice(0, -1).map((alignment, index) => {
      const text = row[index] ?? "";
      const fill = " ".repeat((widths[index] ?? 0) - columnsOf(text));
      return alignment === "left" ? text + fill : fill + text;
    });
    const wrap = isProse ? wrapWords : splitToFit;
    const [first = "", ...others] = wrap(row.at(-1) ?? "", lastColumns);
    const head = [...cells, first].join(gap).trimEnd();
    return [head, ...others.map((text) => " ".repeat(before) + text)];
  };
  const titleLines = titles === undefined ? [] : lines(titles);
  return [...titleLines.map((line) => paint(room.style, "dim", line)), ...rows.flatMap(lines)];
}

function stackedTable({ layout, titles, rows }: Table, { style }: TableRoom): string[] {
  const others = renderTable(
    {
      layout: layout.slice(1),
      rows: rows.map((row) => row.slice(1)),
      ...(titles !== undefined && { titles: titles.slice(1) }),
    },
    { style, columns: undefined },
  ).map((line) => gap + line);
  const head = titles === undefined ? [] : others.splice(0, 1);
  return [...head, ...rows.flatMap(([first = ""], index) => [first, others[index] ?? ""])];
}
