/** The kinds of pieces in a strip, in the order of their shares in a cell. */
export const StripKind = {
  had: 0,
  /** Being hashed or written. */
  finishing: 1,
  /** Leased. */
  inFlight: 2,
  /** Not leased; a connected peer has it. */
  missing: 3,
  /** Not leased; no connected peer has it. */
  nobodyHas: 4,
  /** Neither had nor wanted. */
  unwanted: 5,
} as const;

/** Bytes of a cell. */
export const stripKinds = 6;
/** Most cells. */
export const longestStrip = 512;

/** @returns Cells for `pieceCount` pieces, at most a cell each. */
export function stripCells(pieceCount: number): number {
  return Math.min(pieceCount, longestStrip);
}

/** @returns The first piece of a cell, which ends at the next. */
export function stripCellStart(cell: number, pieceCount: number): number {
  return Math.floor((cell * pieceCount) / stripCells(pieceCount));
}
