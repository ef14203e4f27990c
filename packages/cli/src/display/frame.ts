import { sectionRank, chooseSections, torrentSections, type Section } from "./sections.ts";
import { legend } from "./piece-lines.ts";
import { totalLine } from "./location-line.ts";
import { paint, paintLine, type PaintedLine, type Style } from "./style.ts";
import { asciiOnly, cutToFit } from "./text-width.ts";
import { torrentLines } from "./torrent-lines.ts";
import type { TorrentView } from "./torrent-view.ts";
import { formatCount } from "./units.ts";
import { workerLine, type WorkerView } from "./worker-line.ts";

/** Size limit of a frame. */
export interface FrameSize {
  readonly columns: number;
  readonly rows: number;
}

/** Everything the display can show. Texts are clean. */
export interface Scene {
  readonly views: readonly TorrentView[];
  /** A line under all torrents. */
  readonly note: PaintedLine | undefined;
  readonly workers: readonly WorkerView[];
}

/**
 * Renders a frame of the live display, pure: two lines per torrent and a note, then, as room allows, its pieces, the
 * reason for a slow download, trackers and peers. Torrents beyond the height are summed up in a line; text beyond the
 * width is cut or left out, least important first. No line is wider than `columns`.
 */
export function renderFrame(scene: Scene, size: FrameSize, style: Style): string[] {
  const { views, note } = scene;
  const noteLines = note === undefined ? 0 : 1;
  const room = Math.max(1, Math.floor((size.rows - noteLines) / 2));
  const allFit = views.length <= room;
  const shown = allFit ? views : views.slice(0, Math.max(1, room - 1));
  const heads = torrentLines(shown, size.columns, style);
  const rest = shown.length < views.length ? [summaryText(views.slice(shown.length))] : [];
  const taken = 2 * shown.length + rest.length + noteLines;
  const own = shown.flatMap((view, torrent) =>
    torrentSections(view, { torrent, torrents: shown.length, ...size }, style),
  );
  const common = commonSections(scene, own, size.columns, style);
  const sections = chooseSections([...own, ...common], size.rows - taken);
  const linesOf = (torrent: number): string[] =>
    sections
      .filter((section) => section.torrent === torrent)
      .toSorted((left, right) => left.order - right.order)
      .flatMap(({ lines }) => lines);
  const lines = [
    ...heads.flatMap((head, torrent) => [...head, ...linesOf(torrent)]),
    ...rest.map((text) => paint(style, "dim", cutToFit(text, size.columns))),
    ...linesOf(commonTorrent),
    ...(note === undefined ? [] : [paintLine(style, note, size.columns)]),
  ];
  return style.usesUnicode ? lines : lines.map(asciiOnly);
}

/** For sections about no torrent, below all. */
const commonTorrent = -1;

function commonSections(
  { views, workers }: Scene,
  own: readonly Section[],
  columns: number,
  style: Style,
): Section[] {
  const sections: Section[] = [];
  const add = (order: number, rank: number, line: string): void => {
    sections.push({ torrent: commonTorrent, order, rank, lines: [line] });
  };
  const line = workerLine(workers);
  if (line !== undefined) add(1, sectionRank.alarm, paintLine(style, line, columns));
  const total = totalLine(views, style);
  if (total !== undefined) add(-1, sectionRank.apart, paintLine(style, total, columns));
  const hasPicture = own.some(({ rank }) => rank === sectionRank.pieces);
  if (hasPicture) add(0, sectionRank.quiet, legend(columns, style));
  return sections;
}

function summaryText(views: readonly TorrentView[]): string {
  const done = views.filter((view) => view.isComplete).length;
  const faulty = views.filter((view) => view.fault !== undefined).length;
  const parts = [`and ${formatCount(views.length, "more torrent")}`, `${done} complete`];
  if (faulty > 0) parts.push(`${faulty} in error`);
  return parts.join(", ");
}
