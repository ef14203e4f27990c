import { newTorrent, type NewVersion } from "@troupe/protocol/create";
import { digestLength, encodeTorrent, maxPieces } from "@troupe/protocol/metainfo";
import type { DigestRule } from "@troupe/protocol/piece-digest";
import { patternContent, type PatternSizes } from "./pattern-content.ts";

/** A .torrent of more pieces is too long for most clients. */
const comfortablePieces = 524_288;
const leastPieceBytes = 262_144;

/** A torrent of one file of a pattern. */
export interface PatternTorrent extends PatternSizes {
  /** Also of the file. */
  readonly name: string;
  readonly trackers?: readonly (readonly string[])[];
  /** Default v1. Pieces of the others have a power of two of bytes, 16 KiB at least. */
  readonly version?: NewVersion | undefined;
}

/** The rule of the digests from which a torrent is made. */
const rules: Readonly<Record<NewVersion, DigestRule>> = {
  v1: { algorithm: "sha1", pieceLayer: 0 },
  v2: { algorithm: "merkle", pieceLayer: undefined },
  hybrid: { algorithm: "hybrid", pieceLayer: undefined },
};

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
  const { lengthBytes, pieceLengthBytes, name, trackers = [], version = "v1" } = torrent;
  const content = patternContent(torrent);
  const { pieceCount } = content;
  if (pieceCount > maxPieces) {
    throw new RangeError(
      `cannot make a torrent of ${pieceCount} pieces: at most ${maxPieces} are allowed`,
    );
  }
  const rule = rules[version];
  const digestBytes = digestLength(rule.algorithm);
  const digests = new Uint8Array(pieceCount * digestBytes);
  for (let piece = 0; piece < pieceCount; piece++)
    digests.set(content.pieceDigest(rule, piece), piece * digestBytes);
  if (version === "v1")
    return encodeTorrent({ name, lengthBytes, pieceLengthBytes, pieceHashes: digests, trackers });
  const files = [{ path: [name], lengthBytes, isPadding: false }];
  const { bytes } = newTorrent(
    { version, name, pieceLengthBytes, files, isSingleFile: true, digests },
    { edits: { trackers: { add: trackers } } },
  );
  return bytes;
}
