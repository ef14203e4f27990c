import { digestLength, encodeTorrent, maxPieces } from "@troupe/protocol/metainfo";
import { patternContent, type PatternSizes } from "./pattern-content.ts";

/** A .torrent of more pieces is too long for most clients. */
const comfortablePieces = 524_288;
const leastPieceBytes = 262_144;

/** A torrent of one file of a pattern. */
export interface PatternTorrent extends PatternSizes {
  /** Also of the file. */
  readonly name: string;
  readonly trackers?: readonly (readonly string[])[];
}

/** @returns A piece length for a pattern of this length: 256 KiB, or more so that the .torrent stays below 11 MiB. */
export function patternPieceLength(lengthBytes: number): number {
  let pieceLengthBytes = leastPieceBytes;
  while (lengthBytes / pieceLengthBytes > comfortablePieces) pieceLengthBytes *= 2;
  return pieceLengthBytes;
}

/**
 * @returns The bytes of the .torrent, always the same for the same values. 1 TiB takes less than 3 s.
 * @throws RangeError for sizes that no pattern has; ProtocolError for sizes that no .torrent has.
 */
export function patternTorrent(torrent: PatternTorrent): Uint8Array {
  const { lengthBytes, pieceLengthBytes, name, trackers = [] } = torrent;
  const content = patternContent(torrent);
  const { pieceCount } = content;
  if (pieceCount > maxPieces) {
    throw new RangeError(
      `cannot make a torrent of ${pieceCount} pieces: at most ${maxPieces} are allowed`,
    );
  }
  const digestBytes = digestLength("sha1");
  const pieceHashes = new Uint8Array(pieceCount * digestBytes);
  for (let piece = 0; piece < pieceCount; piece++)
    pieceHashes.set(content.pieceHash(piece), piece * digestBytes);
  return encodeTorrent({ name, lengthBytes, pieceLengthBytes, pieceHashes, trackers });
}
