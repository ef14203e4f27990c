// The pieces of a torrent in a picture of bounded size: neighbours share a cell, and each cell says how much of it is
// of which kind.

/** Kinds of pieces, in the order of their shares in a cell. */
export const StripKind = {
  /** Verified and written. */
  had: 0,
  /** Being hashed or written. */
  finishing: 1,
  /** Asked of peers. */
  inFlight: 2,
  /** Not asked for; a connected peer has it. */
  missing: 3,
  /** Not asked for, and no connected peer has it. */
  nobodyHas: 4,
  /** Not had, and nobody wants it. */
  unwanted: 5,
} as const;

/** Bytes of a cell: a share of each kind. */
export const stripKinds = 6;
/** A torrent of more pieces has so many cells. */
export const longestStrip = 512;

/** @returns Cells of a strip for `pieceCount` pieces: with few pieces each has its own. */
export function stripCells(pieceCount: number): number {
  return Math.min(pieceCount, longestStrip);
}

/** @returns The first piece of a cell; the cell ends where the next one begins. */
export function stripCellStart(cell: number, pieceCount: number): number {
  return Math.floor((cell * pieceCount) / stripCells(pieceCount));
}
