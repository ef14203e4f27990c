// The pieces of a torrent as a map of cells, few enough to be drawn.

import { hasBit } from "@troupe/protocol/bitfield";

/** The state of the pieces in a cell. */
export type CellState = "had" | "partly" | "missing" | "unwanted";

/** Counts of pieces. */
interface PieceCounts {
  readonly had: number;
  /** Wanted, and not had. */
  readonly missing: number;
  /** Not wanted, and not had. */
  readonly unwanted: number;
}

/** A map. */
export interface PieceMap {
  readonly cells: readonly CellState[];
  /** Pieces of a cell; the last one may have fewer. */
  readonly piecesOfCell: number;
  readonly counts: PieceCounts;
}

/**
 * Draws the map.
 *
 * @param had A bit a piece, the highest bit of each byte first.
 * @param wanted Likewise; a piece that is had may be wanted or not.
 * @param mostCells Cells at most.
 */
export function pieceMap(
  pieces: number,
  had: Uint8Array,
  wanted: Uint8Array,
  mostCells: number,
): PieceMap {
  const piecesOfCell = Math.max(1, Math.ceil(pieces / mostCells));
  const cells: CellState[] = [];
  const total = { had: 0, missing: 0, unwanted: 0 };
  for (let start = 0; start < pieces; start += piecesOfCell) {
    const end = Math.min(pieces, start + piecesOfCell);
    let [hadHere, missingHere] = [0, 0];
    for (let piece = start; piece < end; piece++) {
      if (hasBit(had, piece)) hadHere++;
      else if (hasBit(wanted, piece)) missingHere++;
    }
    total.had += hadHere;
    total.missing += missingHere;
    total.unwanted += end - start - hadHere - missingHere;
    cells.push(stateOf(hadHere, missingHere, end - start));
  }
  return { cells, piecesOfCell, counts: total };
}

function stateOf(had: number, missing: number, pieces: number): CellState {
  if (had === pieces) return "had";
  if (had > 0) return "partly";
  return missing > 0 ? "missing" : "unwanted";
}

/** The part of a cell that is drawn; the rest is the gap to its neighbours. */
const [gap, side] = [0.08, 0.84];

/**
 * The cells of a state as the path of an SVG, in units of a cell. A cell that is partly here is filled by half: readers who
 * do not see the colours can tell it from the others.
 *
 * @param columns Cells of a row.
 */
export function cellPath(cells: readonly CellState[], state: CellState, columns: number): string {
  const [top, height] = state === "partly" ? [gap + side / 2, side / 2] : [gap, side];
  const parts = cells.map((each, at) => {
    if (each !== state) return "";
    const [x, y] = [(at % columns) + gap, Math.floor(at / columns) + top];
    return `M${x.toFixed(2)} ${y.toFixed(2)}h${side}v${height}h-${side}z`;
  });
  return parts.join("");
}
