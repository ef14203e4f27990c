import type { TorrentState } from "../engine-port.ts";
import { dhtLine } from "./dht-line.ts";
import { peerLines } from "./peer-lines.ts";
import { locationLine } from "./location-line.ts";
import { pieceLines, usefulPieceLines } from "./piece-lines.ts";
import { paint, paintLine, type Style } from "./style.ts";
import type { TorrentView } from "./torrent-view.ts";
import { trackerLines } from "./tracker-lines.ts";
import { whyLine } from "./why-line.ts";

/** Optional lines of the display, shown together or not at all. The most important sections come first, as many as fit. */
export interface Section {
  /** Index of the torrent above it, -1 below all. */
  readonly torrent: number;
  /** Position below its torrent. */
  readonly order: number;
  /** Lowest first when room is short. */
  readonly rank: number;
  readonly lines: readonly string[];
}

/** A missing worker, the strip, the reason, a needed tracker, the peers, the rest. */
export const sectionRank = {
  alarm: 0,
  pieces: 1,
  why: 2,
  tracker: 3,
  firstPeers: 4,
  apart: 5,
  otherTrackers: 6,
  quiet: 7,
  otherPeers: 8,
} as const;

/** Before blank lines and further trackers. */
const firstPeers = 4;
const maxTrackers = 5;
const maxPieceLines = 3;
/** Frame lines for another line of pieces. */
const rowsPerPieceLine = 12;

/** The last status of a torrent at rest would mislead. */
const shownStates: ReadonlySet<TorrentState> = new Set(["metadata", "active", "paused"]);

/** The position of a torrent in the frame. */
interface SectionPlace {
  readonly torrent: number;
  readonly torrents: number;
  readonly columns: number;
  readonly rows: number;
}

/** All sections of a torrent. */
export function torrentSections(view: TorrentView, place: SectionPlace, style: Style): Section[] {
  const { details, progress, state } = view;
  if (details === undefined || !shownStates.has(state)) return [];
  const { torrent, columns } = place;
  const sections: Section[] = [];
  const add = (order: number, rank: number, lines: readonly string[]): void => {
    sections.push({ torrent, order, rank, lines });
  };
  // A complete strip shows nothing new.
  const isDownload = view.hasMetadata && !view.isComplete;
  if (isDownload) add(0, sectionRank.pieces, stripLines(view, place, style));
  // The reason may be a second older than the completion.
  const why = isDownload ? whyLine(details.why, progress.downBytesPerSecond) : undefined;
  if (why !== undefined) {
    add(1, sectionRank.why, [paintLine(style, why, columns)]);
  }
  for (const [at, line] of trackerLines(details.trackers).slice(0, maxTrackers).entries()) {
    // With peers a torrent can do without trackers.
    const isUrgent = at === 0 && (details.peers.length === 0 || line.colour !== "dim");
    const rank = isUrgent ? sectionRank.tracker : sectionRank.otherTrackers;
    add(2, rank, [paintLine(style, line, columns)]);
  }
  if (details.dht !== undefined) {
    const isUrgent = details.trackers.length === 0 && details.peers.length === 0;
    const rank = isUrgent ? sectionRank.tracker : sectionRank.otherTrackers;
    add(2, rank, [paintLine(style, dhtLine(details.dht), columns)]);
  }
  add(3, sectionRank.quiet, [paintLine(style, locationLine(view), columns)]);
  for (const [at, lines] of peerSections(view, place, style).entries()) {
    const rank = at < firstPeers ? sectionRank.firstPeers : sectionRank.otherPeers;
    add(4, rank + at / 1e6, lines);
  }
  if (torrent + 1 < place.torrents) add(5, sectionRank.apart, [""]);
  return sections;
}

/** Chooses as many sections as fit; none displaces a section of lower rank. */
export function chooseSections(sections: readonly Section[], rows: number): Section[] {
  const chosen: Section[] = [];
  let room = rows;
  for (const section of sections.toSorted((left, right) => left.rank - right.rank)) {
    room -= section.lines.length;
    if (room < 0) break;
    chosen.push(section);
  }
  return chosen;
}

function stripLines(view: TorrentView, place: SectionPlace, style: Style): string[] {
  const strip = view.details?.strip ?? new Uint8Array();
  const { columns, rows, torrents } = place;
  const lines = Math.min(
    maxPieceLines,
    Math.max(1, Math.floor(rows / torrents / rowsPerPieceLine)),
    usefulPieceLines(strip, columns),
  );
  return pieceLines(strip, { columns, lines }, view.progress.peers > 0, style);
}

/** The titles with the first peer, then each peer. */
function peerSections(
  view: TorrentView,
  { columns, rows: maxPeers }: SectionPlace,
  style: Style,
): string[][] {
  const peers = (view.details?.peers ?? []).slice(0, maxPeers);
  if (peers.length === 0) return [];
  const [titles = "", ...rows] = peerLines(peers, columns, style);
  const head = paint(style, "dim", titles);
  return rows.map((row, at) => (at === 0 ? [head, row] : [row]));
}
