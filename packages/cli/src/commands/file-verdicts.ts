import { FileMap, type Metainfo } from "@troupe/protocol/metainfo";

/** A file's result. */
export interface FileVerdict {
  /** Below the data folder, with `/` between names. */
  readonly path: string;
  readonly lengthBytes: number;
  /** False: its pieces count only where they belong to a wanted file too. */
  readonly isWanted: boolean;
  /** With a byte of this file. */
  readonly pieces: number;
  /** Pieces that do not pass. A piece on the border of two files counts in both. */
  readonly failedPieces: number;
  /** Failed pieces that were never fetched. */
  readonly missingPieces: number;
  /** Something lies at its path. */
  readonly isThere: boolean;
  /** First and last piece; null for an empty file. */
  readonly pieceRange: readonly [first: number, last: number] | null;
  /**
   * First and last bytes of the file in failed pieces, a range for pieces side by side. A failed piece of a single block of
   * version 2 is that block. Of a larger piece the .torrent tells no block: its hash alone is there, not those of its leaves.
   */
  readonly failedRanges: readonly (readonly [first: number, last: number])[];
}

/** Pieces that do not pass. */
export interface BadPieces {
  /** Ascending. */
  readonly failed: readonly number[];
  /** Failed pieces that were never fetched, ascending. */
  readonly missing: readonly number[];
  /** Files at whose paths nothing lies, by index. Default: none. */
  readonly absent?: ReadonlySet<number>;
}

/**
 * @param wanted Whether the file with this index is wanted.
 * @returns A verdict for each file on disk (no padding), in the order of the torrent.
 */
export function fileVerdicts(
  metainfo: Metainfo,
  { failed, missing, absent }: BadPieces,
  wanted: (file: number) => boolean = () => true,
): FileVerdict[] {
  const { pieceCount, pieceLengthBytes } = metainfo.geometry;
  const map = new FileMap(
    metainfo.files.map((file) => file.lengthBytes),
    pieceLengthBytes,
  );
  const failedIn = counter(failed, pieceCount);
  const missingIn = counter(missing, pieceCount);
  const rangesIn = byteRanges(map, failed);
  const verdicts: FileVerdict[] = [];
  for (const [index, file] of metainfo.files.entries()) {
    if (file.isPadding) continue;
    const range = map.piecesOf(index);
    const [first, last] = range ?? [0, -1];
    verdicts.push({
      path: file.path.join("/"),
      lengthBytes: file.lengthBytes,
      isWanted: wanted(index),
      isThere: absent?.has(index) !== true,
      pieces: last - first + 1,
      pieceRange: range ?? null,
      failedPieces: failedIn(first, last),
      missingPieces: missingIn(first, last),
      failedRanges: rangesIn(index),
    });
  }
  return verdicts;
}

/** Counts the pieces of a range. A torrent may have many files and many failures. */
function counter(
  pieces: readonly number[],
  pieceCount: number,
): (first: number, last: number) => number {
  const before = new Uint32Array(pieceCount + 1);
  for (const piece of pieces) before[piece + 1] = 1;
  for (let piece = 0; piece < pieceCount; piece++)
    before[piece + 1] = (before[piece + 1] ?? 0) + (before[piece] ?? 0);
  return (first, last) => (before[last + 1] ?? 0) - (before[first] ?? 0);
}

/** @returns A function that gives the bytes of each file in the pieces; to be called in the order of the files. */
function byteRanges(
  map: FileMap,
  pieces: readonly number[],
): (file: number) => FileVerdict["failedRanges"] {
  let at = 0;
  return (file) => {
    const [first, last] = map.piecesOf(file) ?? [0, -1];
    while ((pieces[at] ?? Infinity) < first) at++;
    const ranges: [first: number, last: number][] = [];
    for (let next = at; (pieces[next] ?? Infinity) <= last; next++) {
      const span = map.sharedSpan(file, pieces[next] ?? 0);
      if (span === undefined) continue;
      const end = span.fileOffset + span.lengthBytes - 1;
      const open = ranges.at(-1);
      if (open !== undefined && open[1] + 1 === span.fileOffset) open[1] = end;
      else ranges.push([span.fileOffset, end]);
    }
    return ranges;
  };
}
