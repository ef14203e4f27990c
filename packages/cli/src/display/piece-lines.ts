// A cell stands for a piece, a part of a piece, or several neighbours.

import type { StripKind } from "@troupe/coordinator";
import { paint, type Paint, type Style } from "./style.ts";

/** `StripKind`, repeated here because the display does not load the library. */
const kinds = {
  had: 0,
  finishing: 1,
  inFlight: 2,
  missing: 3,
  nobodyHas: 4,
  unwanted: 5,
} as const satisfies typeof StripKind;
const kindCount = 6;

type CellName = keyof typeof kinds | "partly";

type CellStyle = readonly [
  unicode: string,
  ascii: string,
  colour: Paint,
  inLegend: string,
  inHelp: string,
];

/** In the order of the legend. */
const cellStyles: Readonly<Record<CellName, CellStyle>> = {
  had: ["█", "#", "cyan", "had", "had: verified and written"],
  finishing: ["▓", "=", "green", "writing", "complete: being hashed or written"],
  inFlight: ["▒", "+", "yellow", "on the way", "on the way: requested from peers"],
  partly: ["▄", ":", "cyan", "partly", "some of the neighbours are had"],
  missing: ["░", ".", "dim", "missing", "missing; a connected peer has it"],
  nobodyHas: ["×", "x", "red", "nobody has", "missing, and no connected peer has it"],
  unwanted: ["·", "_", "dim", "unwanted", "not wanted: see --select"],
};

/** Size of the picture. */
interface PictureSize {
  readonly columns: number;
  readonly lines: number;
}

/** More than one cell per piece would show nothing new. */
export function usefulPieceLines(strip: Uint8Array, columns: number): number {
  return Math.max(1, Math.floor(strip.length / kindCount / columns));
}

/**
 * @param strip `TorrentStatus.strip`.
 * @param hasPeers Without peers availability means nothing.
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
  for (const [unicode, ascii, colour, means] of Object.values(cellStyles)) {
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
    ([unicode, ascii, _colour, _means, help]) => `  ${unicode}/${ascii} ${help}`,
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

/** A single escape sequence for neighbours of a colour. */
function drawCells(names: readonly CellName[], style: Style): string {
  let line = "";
  let run = "";
  let colour: Paint | undefined;
  for (const name of names) {
    const [unicode, ascii, cellColour] = cellStyles[name];
    if (cellColour !== colour) {
      line += colour === undefined ? "" : paint(style, colour, run);
      run = "";
    }
    colour = cellColour;
    run += style.usesUnicode ? unicode : ascii;
  }
  return colour === undefined ? line : line + paint(style, colour, run);
}
