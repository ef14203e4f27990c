/** A range of bytes in a file. */
export interface FileSpan {
  readonly file: number;
  readonly fileOffset: number;
  /** At least 1. */
  readonly lengthBytes: number;
}

/** A range of bytes in a piece, and in the file that holds it. */
interface PieceSpan {
  readonly piece: number;
  readonly begin: number;
  readonly fileOffset: number;
  /** At least 1. */
  readonly lengthBytes: number;
}

/** The pieces and files of a torrent: files lie end to end (BEP 3, "info dictionary"). */
export class FileMap {
  readonly totalBytes: number;
  readonly fileCount: number;
  readonly pieceCount: number;
  readonly #pieceLengthBytes: number;
  /** With the total: `starts[i + 1] − starts[i]` is the length of file i. */
  readonly #starts: number[];

  /** @param lengths In order, each 0 or more, 2⁵³ − 1 together. Copied. */
  constructor(lengths: readonly number[], pieceLengthBytes: number) {
    this.#pieceLengthBytes = pieceLengthBytes;
    this.#starts = Array<number>(lengths.length + 1).fill(0);
    let position = 0;
    let file = 0;
    for (const lengthBytes of lengths) {
      position += lengthBytes;
      this.#starts[++file] = position;
    }
    this.fileCount = lengths.length;
    this.totalBytes = position;
    this.pieceCount = Math.ceil(position / pieceLengthBytes);
  }

  /** @returns Bytes of a piece; 0 for a piece behind the last. */
  pieceLength(piece: number): number {
    const pieceLengthBytes = this.#pieceLengthBytes;
    return Math.max(0, Math.min(pieceLengthBytes, this.totalBytes - piece * pieceLengthBytes));
  }

  /**
   * @param end The piece behind the last. Default: `first` alone.
   * @returns The bytes of neighbouring pieces, in order, without empty files.
   */
  spansOf(first: number, end: number = first + 1): FileSpan[] {
    const pieceLengthBytes = this.#pieceLengthBytes;
    return this.spans(first * pieceLengthBytes, (end - first) * pieceLengthBytes);
  }

  /** @returns The bytes of a piece from `begin` to before `end`, in order, without empty files. */
  spansIn(piece: number, begin: number, end: number): FileSpan[] {
    return this.spans(piece * this.#pieceLengthBytes + begin, end - begin);
  }

  /**
   * @param position Position of a byte, counted like `pieceStart` of its piece.
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
  pieceSpans({ file, fileOffset, lengthBytes }: FileSpan): PieceSpan[] {
    const pieceLengthBytes = this.#pieceLengthBytes;
    const spans: PieceSpan[] = [];
    const start = this.startOf(file) + fileOffset;
    const end = start + lengthBytes;
    for (let piece = Math.floor(start / pieceLengthBytes); ; piece++) {
      const pieceStart = piece * pieceLengthBytes;
      if (pieceStart >= end) return spans;
      const from = Math.max(start, pieceStart);
      const to = Math.min(end, pieceStart + pieceLengthBytes);
      const fileFrom = fileOffset + from - start;
      spans.push({ piece, begin: from - pieceStart, fileOffset: fileFrom, lengthBytes: to - from });
    }
  }

  /** @returns First and last piece; undefined for an empty file. */
  piecesOf(file: number): readonly [number, number] | undefined {
    const pieceLengthBytes = this.#pieceLengthBytes;
    const start = this.#starts[file] ?? 0;
    const end = this.#starts[file + 1] ?? start;
    if (end === start) return undefined;
    return [Math.floor(start / pieceLengthBytes), Math.floor((end - 1) / pieceLengthBytes)];
  }

  /** @returns The position of a file in the torrent. */
  startOf(file: number): number {
    return this.#starts[file] ?? this.totalBytes;
  }

  /** @returns The bytes that a file and a piece share; undefined for none. */
  sharedSpan(file: number, piece: number): FileSpan | undefined {
    const start = this.startOf(file);
    const from = Math.max(start, piece * this.#pieceLengthBytes);
    const to = Math.min(this.startOf(file + 1), (piece + 1) * this.#pieceLengthBytes);
    return to <= from ? undefined : { file, fileOffset: from - start, lengthBytes: to - from };
  }

  /** @returns The number of bytes that a file and a piece share. */
  sharedBytes(file: number, piece: number): number {
    const from = Math.max(this.startOf(file), piece * this.#pieceLengthBytes);
    const to = Math.min(this.startOf(file + 1), (piece + 1) * this.#pieceLengthBytes);
    return Math.max(0, to - from);
  }

  /** @returns The first piece that begins in a file or behind it. */
  firstPieceFrom(file: number): number {
    return Math.ceil(this.startOf(file) / this.#pieceLengthBytes);
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
