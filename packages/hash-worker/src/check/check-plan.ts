import { FileMap, type FileSpan, type PieceHashes } from "@troupe/protocol/metainfo";
import type { DigestRule } from "@troupe/protocol/piece-digest";
import type { CheckRun, CheckSpan } from "./check-run.ts";

/** A file of a torrent. */
interface CheckFile {
  /** Absolute. A link as the last component makes the file unreadable; other links are followed. */
  readonly path: string;
  /** Tried if nothing lies at `path`: an unfinished file loses its suffix. */
  readonly laterPath?: string;
  readonly lengthBytes: number;
  /** Padding (BEP 47): zeros that are never on disk. */
  readonly isPadding?: boolean;
}

/** The bytes of unwanted files. */
interface CheckPartFile {
  readonly path: string;
  /** Indexes of files with bytes in the part file. */
  readonly files: ReadonlySet<number>;
  /** Offset of byte 0 of each piece with an entry. */
  readonly entries: ReadonlyMap<number, number>;
}

/** The files and hashes of a torrent. */
export interface CheckedTorrent {
  readonly files: readonly CheckFile[];
  readonly pieceLengthBytes: number;
  readonly totalBytes: number;
  /** The hashes to compare with; a rule alone: pieces are digested, and compared with nothing. */
  readonly hashes: PieceHashes | DigestRule;
  readonly partFile?: CheckPartFile;
  /** Ascending disjoint ranges to check, first and last piece of each. Default all. */
  readonly ranges?: readonly (readonly [first: number, last: number])[];
}

const noBytes = new Uint8Array(0);

/** Approximate bytes of the next run, at least a piece. */
export type RunSize = (leftBytes: number) => number;

/** Cuts a hash check into runs of consecutive pieces on demand: a plan of a million files costs no memory. */
export class CheckPlan {
  readonly pieceCount: number;
  readonly checkedCount: number;
  readonly #ranges: readonly (readonly [first: number, last: number])[];
  #range = 0;
  readonly #torrent: CheckedTorrent;
  readonly #map: FileMap;
  readonly #runBytes: RunSize;
  #nextPiece = 0;
  #piecesLeft: number;

  constructor(torrent: CheckedTorrent, runBytes: RunSize) {
    this.#torrent = torrent;
    this.#runBytes = runBytes;
    this.#map = new FileMap(
      torrent.files.map(({ lengthBytes }) => lengthBytes),
      torrent.pieceLengthBytes,
    );
    this.pieceCount = this.#map.pieceCount;
    this.#ranges = torrent.ranges ?? [[0, this.pieceCount - 1]];
    this.checkedCount = this.#ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
    this.#nextPiece = this.#ranges[0]?.[0] ?? 0;
    this.#piecesLeft = this.checkedCount;
    if (this.#map.totalBytes !== torrent.totalBytes) {
      throw new RangeError(
        `bug: the files to check have ${this.#map.totalBytes} bytes, not ${torrent.totalBytes}`,
      );
    }
    if (!("bytes" in torrent.hashes)) return;
    const { bytes, digestBytes } = torrent.hashes;
    if (bytes.byteLength !== this.pieceCount * digestBytes) {
      throw new RangeError(
        `bug: ${bytes.byteLength} bytes of hashes for ${this.pieceCount} pieces to check`,
      );
    }
  }

  /** Estimated. */
  get runsLeft(): number {
    const runPieces = this.#runPieces();
    let runs = 0;
    for (const [first, last] of this.#ranges.slice(this.#range)) {
      runs += Math.ceil((last + 1 - Math.max(first, this.#nextPiece)) / runPieces);
    }
    return runs;
  }

  /** @returns The next run and its first piece, if any. */
  takeRun(): { readonly firstPiece: number; readonly run: CheckRun } | undefined {
    const firstPiece = this.#nextPiece;
    const last = this.#ranges[this.#range]?.[1] ?? -1;
    if (firstPiece > last) return undefined;
    const { pieceLengthBytes, hashes } = this.#torrent;
    const endPiece = this.#endOfRun(firstPiece, Math.min(firstPiece + this.#runPieces(), last + 1));
    const spans = this.#map.spansOf(firstPiece, endPiece);
    this.#piecesLeft -= endPiece - firstPiece;
    this.#nextPiece = endPiece > last ? (this.#ranges[++this.#range]?.[0] ?? endPiece) : endPiece;
    return {
      firstPiece,
      run: {
        spans: spans.flatMap((span) => this.#checkSpans(span)),
        pieceLengthBytes,
        lengthBytes: spans.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0),
        algorithm: hashes.algorithm,
        pieceLayer: hashes.pieceLayer,
        ...this.#dataBytes(firstPiece, endPiece),
        // A copy, so that only these bytes are posted.
        ...("bytes" in hashes
          ? { hashes: hashes.copy(firstPiece, endPiece) }
          : { hashes: noBytes, wantsDigests: true }),
      },
    };
  }

  /** A piece that is shorter than the others is the last of its run. */
  #endOfRun(first: number, end: number): number {
    for (let piece = first; piece < end; piece++)
      if (this.#map.pieceLength(piece) < this.#torrent.pieceLengthBytes) return piece + 1;
    return end;
  }

  #runPieces(): number {
    const { pieceLengthBytes } = this.#torrent;
    const runBytes = this.#runBytes(this.#piecesLeft * pieceLengthBytes);
    return Math.max(1, Math.floor(runBytes / pieceLengthBytes));
  }

  /** Padding is at the end of a piece where hashes leave it out. */
  #dataBytes(first: number, end: number): Pick<CheckRun, "dataBytes"> {
    if (this.#torrent.hashes.algorithm === "sha1") return {};
    const dataBytes = new Uint32Array(end - first);
    for (let piece = first; piece < end; piece++)
      for (const { file, lengthBytes } of this.#map.spansOf(piece))
        if (this.#torrent.files[file]?.isPadding !== true)
          dataBytes[piece - first] = (dataBytes[piece - first] ?? 0) + lengthBytes;
    return { dataBytes };
  }

  #checkSpans(span: FileSpan): CheckSpan[] {
    const { path, laterPath, isPadding } = this.#torrent.files[span.file] ?? {};
    if (isPadding === true) return [{ ...placeOf(span), path: undefined }];
    const later = laterPath !== undefined && { laterPath };
    return this.#torrent.partFile?.files.has(span.file) === true
      ? this.#partFileSpans(span, path, this.#torrent.partFile)
      : [{ ...placeOf(span), path, ...later }];
  }

  /** Each piece has its own offset. A piece without an entry is read at the file's path. */
  #partFileSpans(span: FileSpan, path: string | undefined, partFile: CheckPartFile): CheckSpan[] {
    return this.#map.pieceSpans(span).map(({ piece, begin, fileOffset, lengthBytes }) => {
      const entry = partFile.entries.get(piece);
      return entry === undefined
        ? { path, fileOffset, lengthBytes }
        : { path: partFile.path, fileOffset: entry + begin, lengthBytes };
    });
  }
}

function placeOf({ fileOffset, lengthBytes }: FileSpan): Omit<CheckSpan, "path"> {
  return { fileOffset, lengthBytes };
}
