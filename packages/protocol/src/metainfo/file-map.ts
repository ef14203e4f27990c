/** A range of bytes in a file. */
export interface FileSpan {
  readonly file: number;
  readonly fileOffset: number;
  /** At least 1. */
  readonly lengthBytes: number;
}

/** A range of bytes in a piece. */
interface PieceSpan {
  readonly piece: number;
  readonly begin: number;
  /** At least 1. */
  readonly lengthBytes: number;
}

/** The files of a torrent end to end (BEP 3, "info dictionary"). */
export class FileMap {
  readonly totalBytes: number;
  readonly fileCount: number;
  /** With the total: `starts[i + 1] − starts[i]` is the length of file i. */
  readonly #starts: number[];

  /** @param lengths In order, each 0 or more, 2⁵³ − 1 together. Copied. */
  constructor(lengths: readonly number[]) {
    this.#starts = Array<number>(lengths.length + 1).fill(0);
    let position = 0;
    let file = 0;
    for (const lengthBytes of lengths) {
      position += lengthBytes;
      this.#starts[++file] = position;
    }
    this.fileCount = lengths.length;
    this.totalBytes = position;
  }

  /**
   * @param position Bytes from the start of the torrent, 0 or more.
   * @param lengthBytes Bytes after the end are left out.
   * @returns In order, without empty files.
   */
  spans(position: number, lengthBytes: number): FileSpan[] {
    const spans: FileSpan[] = [];
    const end = Math.min(position + lengthBytes, this.totalBytes);
    let at = position;
    for (let file = this.#fileAt(position); at < end; file++) {
      const start = this.#starts[file] ?? 0;
      const spanEnd = Math.min(end, this.#starts[file + 1] ?? end);
      if (spanEnd <= at) continue;
      spans.push({ file, fileOffset: at - start, lengthBytes: spanEnd - at });
      at = spanEnd;
    }
    return spans;
  }

  /** @returns In order. */
  pieceSpans({ file, fileOffset, lengthBytes }: FileSpan, pieceLengthBytes: number): PieceSpan[] {
    const spans: PieceSpan[] = [];
    const start = this.startOf(file) + fileOffset;
    const end = start + lengthBytes;
    for (let piece = Math.floor(start / pieceLengthBytes); ; piece++) {
      const pieceStart = piece * pieceLengthBytes;
      if (pieceStart >= end) return spans;
      const from = Math.max(start, pieceStart);
      const to = Math.min(end, pieceStart + pieceLengthBytes);
      spans.push({ piece, begin: from - pieceStart, lengthBytes: to - from });
    }
  }

  /** In the torrent. */
  startOf(file: number): number {
    return this.#starts[file] ?? this.totalBytes;
  }

  /** @returns First and last piece; undefined for an empty file. */
  piecesOf(file: number, pieceLengthBytes: number): readonly [number, number] | undefined {
    const start = this.#starts[file] ?? 0;
    const end = this.#starts[file + 1] ?? start;
    if (end === start) return undefined;
    return [Math.floor(start / pieceLengthBytes), Math.floor((end - 1) / pieceLengthBytes)];
  }

  /** The last file that starts at or before `position`, which skips empty files. */
  #fileAt(position: number): number {
    let low = 0;
    let high = this.fileCount;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#starts[middle] ?? 0) <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
