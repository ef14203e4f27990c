// The strip: a cell stands for a piece, a part of a piece, or several neighbours.

import type { StripKind } from "@troupe/coordinator";
import { paint } from "./style.ts";
import type { Paint, Style } from "./style.ts";

/** `StripKind`, repeated here so that the display does not load the library. */
const kinds = {
  had: 0,
  finishing: 1,
  inFlight: 2,
  missing: 3,
  nobodyHas: 4,
  unwanted: 5,
} as const satisfies typeof StripKind;
const kindCount = 6;

type CellName = "had" | "finishing" | "inFlight" | "partly" | "missing" | "nobodyHas" | "unwanted";

interface CellStyle {
  readonly unicode: string;
  readonly ascii: string;
  readonly colour: Paint;
  readonly means: string;
  /** For the help. */
  readonly more?: string;
}

/** In the order of the legend. */
const cellStyles: Readonly<Record<CellName, CellStyle>> = {
  had: {
    unicode: "█",
    ascii: "#",
    colour: "cyan",
    means: "had",
    more: "had: verified and written",
  },
  finishing: {
    unicode: "▓",
    ascii: "=",
    colour: "green",
    means: "writing",
    more: "complete: being hashed or written",
  },
  inFlight: {
    unicode: "▒",
    ascii: "+",
    colour: "yellow",
    means: "on the way",
    more: "on the way: requested from peers",
  },
  partly: {
    unicode: "▄",
    ascii: ":",
    colour: "cyan",
    means: "partly",
    more: "some of the neighbours are had",
  },
  missing: {
    unicode: "░",
    ascii: ".",
    colour: "dim",
    means: "missing",
    more: "missing; a connected peer has it",
  },
  nobodyHas: {
    unicode: "×",
    ascii: "x",
    colour: "red",
    means: "nobody has",
    more: "missing, and no connected peer has it",
  },
  unwanted: {
    unicode: "·",
    ascii: "_",
    colour: "dim",
    means: "unwanted",
    more: "not wanted: see --select",
  },
};

/** Size of the picture. */
export interface PictureSize {
  readonly columns: number;
  readonly lines: number;
}

/** More than one cell per piece would show nothing new. */
export function usefulPieceLines(strip: Uint8Array, columns: number): number {
  return Math.max(1, Math.floor(strip.length / kindCount / columns));
}

/**
 * @param strip As `TorrentStatus.strip`.
 * @param hasPeers Without peers, the availability of a piece means nothing.
 * @returns `size.lines` lines of exactly `size.columns` columns.
 */
export function pieceLines(
  strip: Uint8Array,
  size: PictureSize,
  hasPeers: boolean,
  style: Style,
): string[] {
  const cells = strip.length / kindCount;
  const total = size.columns * size.lines;
  return Array.from({ length: size.lines }, (_, line) => {
    const names = Array.from({ length: size.columns }, (_, column) => {
      const at = line * size.columns + column;
      const start = Math.floor((at * cells) / total);
      const end = Math.max(start + 1, Math.floor(((at + 1) * cells) / total));
      return cellName(strip, start, end, hasPeers);
    });
    return drawCells(names, style);
  });
}

/** The meaning of each cell, as many as fit. */
export function legend(columns: number, style: Style): string {
  const parts: string[] = [];
  let room = columns;
  for (const { unicode, ascii, colour, means } of Object.values(cellStyles)) {
    const gap = parts.length === 0 ? "" : "  ";
    room -= gap.length + 2 + means.length;
    if (room < 0) break;
    const sign = paint(style, colour, style.usesUnicode ? unicode : ascii);
    parts.push(`${gap}${sign} ${paint(style, "dim", means)}`);
  }
  return parts.join("");
}

/** The signs, for the help. */
export function pieceSigns(): string[] {
  return Object.values(cellStyles).map(
    ({ unicode, ascii, means, more }) => `  ${unicode}/${ascii} ${more ?? means}`,
  );
}

/** Activity takes precedence over content. */
function cellName(strip: Uint8Array, start: number, end: number, hasPeers: boolean): CellName {
  const share = (kind: number): number => {
    let sum = 0;
    for (let cell = start; cell < end; cell++) sum += strip[cell * kindCount + kind] ?? 0;
    return sum;
  };
  const [finishing, inFlight] = [share(kinds.finishing), share(kinds.inFlight)];
  if (finishing + inFlight > 0) return finishing > inFlight ? "finishing" : "inFlight";
  const [missing, nobodyHas] = [share(kinds.missing), share(kinds.nobodyHas)];
  const hasHad = share(kinds.had) > 0;
  if (missing + nobodyHas === 0) return hasHad ? "had" : "unwanted";
  if (nobodyHas > 0 && missing === 0 && hasPeers) return "nobodyHas";
  return hasHad ? "partly" : "missing";
}

/** Neighbours of one colour share one escape sequence. */
function drawCells(names: readonly CellName[], style: Style): string {
  let line = "";
  let run = "";
  let colour: Paint | undefined;
  for (const name of names) {
    const cell = cellStyles[name];
    if (cell.colour !== colour) {
      line += colour === undefined ? "" : paint(style, colour, run);
      run = "";
    }
    ({ colour } = cell);
    run += style.usesUnicode ? cell.unicode : cell.ascii;
  }
  return colour === undefined ? line : line + paint(style, colour, run);
}
