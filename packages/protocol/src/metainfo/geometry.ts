// How many pieces and blocks a torrent has, and how long each is.

import { ProtocolError } from "../errors.ts";
import { blockLengthBytes } from "../units.ts";

/** The sizes of one torrent. Made by {@link makeGeometry}, which checks them. */
export interface Geometry {
  /** 1 to 2⁵³ − 1. */
  readonly totalBytes: number;
  /** Every piece but the last. */
  readonly pieceLengthBytes: number;
  readonly pieceCount: number;
  /** 1 to pieceLengthBytes: a torrent of whole pieces has a full last piece, not an empty one. */
  readonly lastPieceLengthBytes: number;
}

/**
 * @param totalBytes 1 to 2⁵³ − 1.
 * @param pieceLengthBytes 1 to 2³² − 1, the range of a `begin` on the wire.
 * @throws {ProtocolError} `geometry-invalid` outside these ranges.
 */
export function makeGeometry(totalBytes: number, pieceLengthBytes: number): Geometry {
  const isSound =
    Number.isSafeInteger(totalBytes) &&
    totalBytes > 0 &&
    Number.isSafeInteger(pieceLengthBytes) &&
    pieceLengthBytes > 0 &&
    pieceLengthBytes < 2 ** 32;
  if (!isSound) {
    throw new ProtocolError("geometry-invalid", {
      operation: "make-geometry",
      message: `cannot divide ${totalBytes} bytes into pieces of ${pieceLengthBytes}: both must be whole and above 0`,
      details: { totalBytes, pieceLengthBytes },
    });
  }
  // The remainder is exact where a quotient of numbers near 2⁵³ may round up.
  const lastBytes = totalBytes % pieceLengthBytes;
  const fullPieces = (totalBytes - lastBytes) / pieceLengthBytes;
  return {
    totalBytes,
    pieceLengthBytes,
    pieceCount: lastBytes === 0 ? fullPieces : fullPieces + 1,
    lastPieceLengthBytes: lastBytes === 0 ? pieceLengthBytes : lastBytes,
  };
}

/** @returns Bytes of `piece`, which the caller knows to be in range. */
export function pieceLength(geometry: Geometry, piece: number): number {
  return piece === geometry.pieceCount - 1
    ? geometry.lastPieceLengthBytes
    : geometry.pieceLengthBytes;
}

/** @returns Blocks of `piece`, at least 1. */
export function blockCount(geometry: Geometry, piece: number): number {
  return Math.ceil(pieceLength(geometry, piece) / blockLengthBytes);
}

/** @returns Bytes of block `block` of `piece`: 16,384, or less for the last block of a piece. */
export function blockLength(geometry: Geometry, piece: number, block: number): number {
  return Math.min(blockLengthBytes, pieceLength(geometry, piece) - block * blockLengthBytes);
}
