import { ProtocolError } from "../errors.ts";
import { blockLengthBytes } from "../units.ts";

/** Pieces of a torrent; one with more is refused. */
export const maxPieces: number = 2 ** 21;

/** Pieces and blocks of a torrent; checked by {@link makeGeometry}. */
export interface Geometry {
  /** 1 to 2⁵³ − 1. */
  readonly totalBytes: number;
  /** Length of all pieces but the last one. */
  readonly pieceLengthBytes: number;
  readonly pieceCount: number;
  /** 1 to pieceLengthBytes. */
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
  // A quotient of numbers near 2⁵³ may round up.
  const lastBytes = totalBytes % pieceLengthBytes;
  const fullPieces = (totalBytes - lastBytes) / pieceLengthBytes;
  return {
    totalBytes,
    pieceLengthBytes,
    pieceCount: lastBytes === 0 ? fullPieces : fullPieces + 1,
    lastPieceLengthBytes: lastBytes === 0 ? pieceLengthBytes : lastBytes,
  };
}

/**
 * @returns Position of a piece in the torrent. It names bytes and is no sum of lengths: a torrent whose pieces are
 *   aligned to files would have gaps between the positions.
 */
export function pieceStart(geometry: Geometry, piece: number): number {
  return piece * geometry.pieceLengthBytes;
}

/** @returns The piece with the byte at this position in the torrent. */
export function pieceAt(geometry: Geometry, position: number): number {
  return Math.floor(position / geometry.pieceLengthBytes);
}

/** @returns Bytes of a valid piece. */
export function pieceLength(geometry: Geometry, piece: number): number {
  return piece === geometry.pieceCount - 1
    ? geometry.lastPieceLengthBytes
    : geometry.pieceLengthBytes;
}

/** @returns At least 1. */
export function blockCount(geometry: Geometry, piece: number): number {
  return Math.ceil(pieceLength(geometry, piece) / blockLengthBytes);
}

/** @returns Blocks of the longest piece, at least 1. */
export function mostBlocks(geometry: Geometry): number {
  return Math.ceil(geometry.pieceLengthBytes / blockLengthBytes);
}

/** @returns 16,384, or less for a piece's last block. */
export function blockLength(geometry: Geometry, piece: number, block: number): number {
  return Math.min(blockLengthBytes, pieceLength(geometry, piece) - block * blockLengthBytes);
}
