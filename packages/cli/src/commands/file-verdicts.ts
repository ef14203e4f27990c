import { FileMap, type Metainfo } from "@troupe/protocol";

/** A file's result. */
export interface FileVerdict {
  /** Below the data folder, with `/` between names. */
  readonly path: string;
  readonly lengthBytes: number;
  /** With a byte of this file. */
  readonly pieces: number;
  /** A piece on the border of two files counts in both. */
  readonly failedPieces: number;
  /** First and last piece; null for an empty file. */
  readonly pieceRange: readonly [first: number, last: number] | null;
}

/**
 * @param failedPieces Ascending.
 * @returns A verdict for each file on disk (no padding), in the order of the torrent.
 */
export function fileVerdicts(metainfo: Metainfo, failedPieces: readonly number[]): FileVerdict[] {
  const map = new FileMap(metainfo.files.map((file) => file.lengthBytes));
  const failedBefore = countsBefore(failedPieces, metainfo.geometry.pieceCount);
  const verdicts: FileVerdict[] = [];
  for (const [index, file] of metainfo.files.entries()) {
    if (file.isPadding) continue;
    const range = map.piecesOf(index, metainfo.geometry.pieceLengthBytes);
    const [first, last] = range ?? [0, -1];
    verdicts.push({
      path: file.path.join("/"),
      lengthBytes: file.lengthBytes,
      pieces: last - first + 1,
      pieceRange: range ?? null,
      failedPieces: (failedBefore[last + 1] ?? 0) - (failedBefore[first] ?? 0),
    });
  }
  return verdicts;
}

/** A torrent may have many files and many failures. */
function countsBefore(failedPieces: readonly number[], pieceCount: number): Uint32Array {
  const counts = new Uint32Array(pieceCount + 1);
  for (const piece of failedPieces) counts[piece + 1] = 1;
  for (let piece = 0; piece < pieceCount; piece++) {
    counts[piece + 1] = (counts[piece + 1] ?? 0) + (counts[piece] ?? 0);
  }
  return counts;
}
