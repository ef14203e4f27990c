import { paint, paintLine, progressBar, type PaintedLine, type Style } from "./style.ts";
import { columnsOf, cutToFit, spread } from "./text-width.ts";
import { describeState, shareDone, type TorrentView } from "./torrent-view.ts";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatPercent,
  formatRate,
  groupThousands,
} from "./units.ts";
import { whyLine } from "./why-line.ts";

const narrowestBar = 8;
const widestBar = 40;

interface Figure {
  readonly text: string;
  /** Lowest first to be dropped. */
  readonly rank: number;
}

/** Two lines of each torrent: name and state, then progress. */
export function torrentLines(
  views: readonly TorrentView[],
  columns: number,
  style: Style,
): [headline: string, progress: string][] {
  const tails = views.map((view) => figuresText(view, columns, style));
  // Equal bars align the figures.
  const barColumns = Math.min(widestBar, columns - Math.max(0, ...tails.map(columnsOf)));
  return views.map((view, index) => [
    paint(style, "bold", spread(view.name, headline(view), columns)),
    progressLine(view, tails[index] ?? "", barColumns, columns, style),
  ]);
}

function headline(view: TorrentView): string {
  const state = describeState(view);
  if (view.state !== "active" && view.state !== "metadata") return state;
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
  if (!view.hasMetadata) return paintLine(style, metadataLine(view), columns);
  if (barColumns < narrowestBar) return cutToFit(tail.trimStart(), columns);
  return progressBar(style, barColumns, shareDone(view), view.isComplete ? "green" : "cyan") + tail;
}

/** Replaces the figures of a magnet until its files are known. */
function metadataLine({ state, why }: TorrentView): PaintedLine {
  const text = "its files are not known yet";
  if (state !== "metadata" || why === undefined) return { text, colour: "dim" };
  return whyLine(why, 0) ?? { text, colour: "dim" };
}

/** The percentage and the figures that fit. Empty for an error. */
function figuresText(view: TorrentView, columns: number, style: Style): string {
  if (view.fault !== undefined || !view.hasMetadata) return "";
  const percent = ` ${formatPercent(shareDone(view))}`;
  const room = columns - narrowestBar - columnsOf(percent);
  const figures = fittingFigures(figuresOf(view, style), room);
  return [percent, ...figures.map((figure) => figure.text)].join("");
}

/** In order, each after two spaces and with a fixed width. */
function figuresOf(view: TorrentView, style: Style): Figure[] {
  if (view.state === "checking") return checkFigures(view);
  const up = style.usesUnicode ? "↑" : "up ";
  // A seed's upload rate replaces the download's figures.
  if (view.isComplete)
    return [{ rank: 2, text: `  ${amountText(view)}` }, ...uploadFigures(view, up)];
  const { progress } = view;
  const down = style.usesUnicode ? "↓" : "down ";
  const figures: Figure[] = [
    { rank: 2, text: `  ${amountText(view)}` },
    { rank: 4, text: `  ${down}${formatRate(progress.downBytesPerSecond).padStart(10)}` },
    { rank: 1, text: `  ${up}${formatRate(progress.upBytesPerSecond).padStart(10)}` },
    { rank: 3, text: `  ${etaText(view).padEnd(7)}` },
    { rank: 0, text: `  ${wasteText(progress)}` },
  ];
  return progress.wastedBytes === 0 ? figures.slice(0, 4) : figures;
}

/** Names data that failed its hash apart from other waste: peers are to blame for it, not messages that crossed. */
function wasteText({ wastedBytes, failedHashBytes }: TorrentView["progress"]): string {
  const wasted = `wasted ${formatBytes(wastedBytes)}`;
  return failedHashBytes === 0 ? wasted : `${wasted} (${formatBytes(failedHashBytes)} failed)`;
}

function checkFigures({ checking }: TorrentView): Figure[] {
  if (checking === undefined) return [];
  const { done, total, etaSeconds } = checking;
  const pieces = `  ${groupThousands(done)} of ${formatCount(total, "piece")}`;
  if (etaSeconds === undefined) return [{ rank: 1, text: pieces }];
  return [
    { rank: 1, text: pieces },
    { rank: 2, text: `  ${formatDuration(etaSeconds)} left` },
  ];
}

function uploadFigures(view: TorrentView, up: string): Figure[] {
  const { upBytesPerSecond, uploadedBytes } = view.progress;
  return [
    { rank: 4, text: `  ${up}${formatRate(upBytesPerSecond).padStart(10)}` },
    { rank: 3, text: `  sent ${formatBytes(uploadedBytes)}` },
  ];
}

function amountText(view: TorrentView): string {
  const { haveBytes, wantedBytes } = view.progress;
  if (view.isComplete) return formatBytes(haveBytes);
  return `${formatBytes(haveBytes).padStart(8)} of ${formatBytes(wantedBytes || view.lengthBytes)}`;
}

function etaText(view: TorrentView): string {
  const { etaSeconds } = view.progress;
  return etaSeconds === undefined ? "" : formatDuration(etaSeconds);
}

/** In order; chosen by rank. */
function fittingFigures(figures: readonly Figure[], columns: number): Figure[] {
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
