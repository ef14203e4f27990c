// One frame of the live display: views in, lines out. Pure, so that every width can be tested.

import { paint, progressBar } from "./style.ts";
import type { Paint, Style } from "./style.ts";
import { columnsOf, cutToFit, spread } from "./text-width.ts";
import { describeState, shareDone } from "./torrent-view.ts";
import type { TorrentView } from "./torrent-view.ts";
import { formatBytes, formatCount, formatDuration, formatPercent, formatRate } from "./units.ts";

/** Room for a frame. */
export interface FrameSize {
  readonly columns: number;
  /** Lines the frame may have. */
  readonly rows: number;
}

/** One line under the torrents, about all of them. */
export interface FrameNote {
  readonly text: string;
  readonly colour: Paint;
}

const narrowestBar = 8;
const widestBar = 40;

/** One figure after the bar. */
interface Figure {
  readonly text: string;
  /** The figure with the lowest rank gives way first when the line is too narrow. */
  readonly rank: number;
}

/**
 * Draws two lines a torrent, and a note below. What does not fit in height is summed up in one line; what
 * does not fit in width is cut or left out, the least telling figure first. No line is wider than `columns`.
 */
export function renderFrame(
  views: readonly TorrentView[],
  note: FrameNote | undefined,
  size: FrameSize,
  style: Style,
): string[] {
  const noteLines = note === undefined ? 0 : 1;
  const room = Math.max(1, Math.floor((size.rows - noteLines) / 2));
  const allFit = views.length <= room;
  const shown = allFit ? views : views.slice(0, Math.max(1, room - 1));
  const tails = shown.map((view) => tailOf(view, size.columns, style));
  // One width for all bars: what stands behind them lines up.
  const barColumns = Math.min(widestBar, size.columns - Math.max(0, ...tails.map(columnsOf)));
  const lines = shown.flatMap((view, index) => [
    paint(style, "bold", spread(view.name, headline(view), size.columns)),
    progressLine(view, tails[index] ?? "", barColumns, size.columns, style),
  ]);
  if (shown.length < views.length) {
    lines.push(paint(style, "dim", cutToFit(sumUp(views.slice(shown.length)), size.columns)));
  }
  if (note !== undefined) lines.push(paint(style, note.colour, cutToFit(note.text, size.columns)));
  return lines;
}

function headline(view: TorrentView): string {
  const state = describeState(view);
  if (view.state !== "active") return state;
  return `${formatCount(view.progress.peers, "peer")}  ${state}`;
}

function progressLine(
  view: TorrentView,
  tail: string,
  barColumns: number,
  columns: number,
  style: Style,
): string {
  if (view.fault !== undefined) return paint(style, "red", cutToFit(view.fault, columns));
  if (barColumns < narrowestBar) return cutToFit(tail.trimStart(), columns);
  return progressBar(style, barColumns, shareDone(view), barColour(view)) + tail;
}

function barColour(view: TorrentView): Paint {
  return view.isComplete ? "green" : "cyan";
}

/** What stands behind the bar: the percentage, then as many figures as fit. Empty for an error. */
function tailOf(view: TorrentView, columns: number, style: Style): string {
  if (view.fault !== undefined) return "";
  const percent = ` ${formatPercent(shareDone(view))}`;
  const room = columns - narrowestBar - columnsOf(percent);
  const figures = fitting(figuresOf(view, style), room);
  return [percent, ...figures.map((figure) => figure.text)].join("");
}

/** The figures in the order they stand in, each with two spaces before it and a steady width. */
function figuresOf(view: TorrentView, style: Style): Figure[] {
  const { progress } = view;
  const down = style.usesUnicode ? "↓" : "down ";
  const up = style.usesUnicode ? "↑" : "up ";
  const figures: Figure[] = [
    { rank: 2, text: `  ${amount(view)}` },
    { rank: 4, text: `  ${down}${formatRate(progress.downBytesPerSecond).padStart(10)}` },
    { rank: 1, text: `  ${up}${formatRate(progress.upBytesPerSecond).padStart(10)}` },
    { rank: 3, text: `  ${eta(view).padEnd(7)}` },
    { rank: 0, text: `  wasted ${formatBytes(progress.wastedBytes)}` },
  ];
  if (view.state === "checking") return figures.slice(0, 1);
  // A seed downloads nothing: its upload rate takes the place of what is told of a download.
  if (view.isComplete) return [{ rank: 2, text: `  ${amount(view)}` }, ...uploadFigures(view, up)];
  return progress.wastedBytes === 0 ? figures.slice(0, 4) : figures;
}

function uploadFigures(view: TorrentView, up: string): Figure[] {
  const { upBytesPerSecond, uploadedBytes } = view.progress;
  return [
    { rank: 4, text: `  ${up}${formatRate(upBytesPerSecond).padStart(10)}` },
    { rank: 3, text: `  sent ${formatBytes(uploadedBytes)}` },
  ];
}

function amount(view: TorrentView): string {
  if (view.isComplete) return formatBytes(view.lengthBytes);
  const { haveBytes, wantedBytes } = view.progress;
  return `${formatBytes(haveBytes).padStart(8)} of ${formatBytes(wantedBytes || view.lengthBytes)}`;
}

function eta(view: TorrentView): string {
  const { etaSeconds } = view.progress;
  return etaSeconds === undefined ? "" : formatDuration(etaSeconds);
}

/** As many figures as fit, in their order, the ones of the highest rank first of all. */
function fitting(figures: readonly Figure[], columns: number): Figure[] {
  const byRank = figures.toSorted((left, right) => right.rank - left.rank);
  const chosen = new Set<Figure>();
  let room = columns;
  for (const figure of byRank) {
    room -= columnsOf(figure.text);
    if (room < 0) break;
    chosen.add(figure);
  }
  return figures.filter((figure) => chosen.has(figure));
}

function sumUp(views: readonly TorrentView[]): string {
  const done = views.filter((view) => view.isComplete).length;
  const faulty = views.filter((view) => view.fault !== undefined).length;
  const parts = [`and ${formatCount(views.length, "more torrent")}`, `${done} complete`];
  if (faulty > 0) parts.push(`${faulty} in error`);
  return parts.join(", ");
}
