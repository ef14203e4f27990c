// The table of `troupe list`.

import type { TorrentRow } from "../../service-client/service-port.ts";
import { paint } from "../style.ts";
import type { TableRoom } from "../table.ts";
import { columnsOf, cutToFit } from "../text-width.ts";
import { describeState, shareDone } from "../torrent-view.ts";
import { formatBytes, formatPercent, formatRate } from "../units.ts";
import { rowName, rowRatio, rowView } from "./row-view.ts";

interface Column {
  readonly title: string;
  readonly alignsRight: boolean;
  readonly text: (row: TorrentRow) => string;
  /** For scripts: bytes, bytes a second, and numbers without a unit. */
  readonly plain: (row: TorrentRow) => string;
  /** Lowest first when room is short. */
  readonly rank: number;
}

const gap = "  ";
/** The name gets the rest of the line, at least so many columns. */
const leastName = 16;

/** In the order of the table; the name comes behind them. */
const columns: readonly Column[] = [
  column("#", 0, (row) => String(row.number)),
  column("done", 1, (row) => formatPercent(shareOf(row)).trim(), plainPercent),
  column(
    "size",
    4,
    (row) => formatBytes(row.sizeBytes),
    (row) => String(row.sizeBytes),
  ),
  column(
    "down",
    3,
    (row) => rateText(row.downBytesPerSecond),
    (row) => whole(row.downBytesPerSecond),
  ),
  column(
    "up",
    5,
    (row) => rateText(row.upBytesPerSecond),
    (row) => whole(row.upBytesPerSecond),
  ),
  column("ratio", 7, ratioText),
  column("peers", 6, (row) => String(row.peers)),
  { ...column("state", 2, stateText), alignsRight: false },
];

/** A line for each torrent below the titles, in the columns that fit. */
export function torrentTable(rows: readonly TorrentRow[], room: TableRoom): string[] {
  const width = room.columns ?? Infinity;
  const cells = columns.map((each) => ({ ...each, cells: rows.map(each.text) }));
  const measured = cells.map((each) => ({ ...each, columns: widest([each.title, ...each.cells]) }));
  const chosen = new Set(fitting(measured, width - leastName));
  const shown = measured.filter((each) => chosen.has(each));
  const taken = shown.reduce((sum, each) => sum + each.columns + gap.length, 0);
  const line = (at: (each: (typeof shown)[number]) => string, name: string): string => {
    const parts = shown.map((each) => align(at(each), each));
    return [...parts, cutToFit(name, width - taken)].join(gap).trimEnd();
  };
  const titles = line(({ title }) => title, "name");
  return [
    paint(room.style, "dim", titles),
    ...rows.map((row, at) => line((each) => each.cells[at] ?? "", rowName(row))),
  ];
}

/** A line for each torrent, with a tab between its values. Columns and units never change. */
export function torrentLines(rows: readonly TorrentRow[]): string[] {
  return rows.map((row) => [...columns.map(({ plain }) => plain(row)), rowName(row)].join("\t"));
}

function column(
  title: string,
  rank: number,
  text: Column["text"],
  plain: Column["plain"] = text,
): Column {
  return { title, rank, text, plain, alignsRight: true };
}

/** The most important columns that fit. */
function fitting<Of extends Pick<Column, "rank"> & { readonly columns: number }>(
  all: readonly Of[],
  room: number,
): readonly Of[] {
  let left = room;
  const ranked = all.toSorted((one, other) => one.rank - other.rank);
  const end = ranked.findIndex((each) => (left -= each.columns + gap.length) < 0);
  return end < 0 ? ranked : ranked.slice(0, end);
}

function align(
  text: string,
  { columns, alignsRight }: { readonly columns: number } & Column,
): string {
  const fill = " ".repeat(columns - columnsOf(text));
  return alignsRight ? fill + text : text + fill;
}

function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, columnsOf(text)), 0);
}

function shareOf(row: TorrentRow): number {
  return shareDone(rowView(row));
}

function plainPercent(row: TorrentRow): string {
  return formatPercent(shareOf(row)).replace("%", "").trim();
}

/** Blank for zero: active torrents stand out. */
function rateText(bytesPerSecond: number): string {
  return bytesPerSecond < 1 ? "" : formatRate(bytesPerSecond);
}

function whole(bytesPerSecond: number): string {
  return String(Math.round(bytesPerSecond));
}

function ratioText(row: TorrentRow): string {
  return rowRatio(row).toFixed(2);
}

function stateText(row: TorrentRow): string {
  return describeState(rowView(row));
}
