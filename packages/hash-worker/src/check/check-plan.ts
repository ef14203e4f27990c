// Cuts a hash check into runs of consecutive pieces.

import { FileMap, type FileSpan } from "@troupe/protocol";
import type { CheckRun, CheckSpan } from "./check-run.ts";

/** A file of a torrent. */
export interface CheckFile {
  /** Absolute. A link as the last component makes the file unreadable; other links are followed. */
  readonly path: string;
  readonly lengthBytes: number;
  /** Padding (BEP 47): zeros that are never on disk. */
  readonly isPadding?: boolean;
}

/** The bytes of unwanted files. */
export interface CheckPartFile {
  readonly path: string;
  /** Indexes in the torrent of the files whose bytes lie in the part file. */
  readonly files: ReadonlySet<number>;
  /** Offset of byte 0 of each piece; a piece without an entry is not in the part file. */
  readonly entries: ReadonlyMap<number, number>;
}

/** The files and hashes of a torrent. */
export interface CheckedTorrent {
  readonly files: readonly CheckFile[];
  readonly pieceLengthBytes: number;
  readonly totalBytes: number;
  /** 20 bytes a piece. */
  readonly hashes: Uint8Array;
  readonly partFile?: CheckPartFile;
  /** Ascending disjoint ranges to check, first and last piece of each. Default all. */
  readonly ranges?: readonly (readonly [first: number, last: number])[];
}

/** Approximate size of the next run, at least one piece. */
export type RunSize = (leftBytes: number) => number;

/** Makes runs on demand: the plan of a million files costs no memory. */
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
    this.#map = new FileMap(torrent.files.map(({ lengthBytes }) => lengthBytes));
    this.pieceCount = Math.ceil(torrent.totalBytes / torrent.pieceLengthBytes);
    this.#ranges = torrent.ranges ?? [[0, this.pieceCount - 1]];
    this.checkedCount = this.#ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
    this.#nextPiece = this.#ranges[0]?.[0] ?? 0;
    this.#piecesLeft = this.checkedCount;
    if (this.#map.totalBytes !== torrent.totalBytes) {
      throw new RangeError(
        `bug: the files to check have ${this.#map.totalBytes} bytes, not ${torrent.totalBytes}`,
      );
    }
    if (torrent.hashes.byteLength !== this.pieceCount * 20) {
      throw new RangeError(
        `bug: ${torrent.hashes.byteLength} bytes of hashes for ${this.pieceCount} pieces to check`,
      );
    }
  }

  /** Estimated from the size of the next run. */
  get runsLeft(): number {
    const runPieces = this.#runPieces();
    let runs = 0;
    for (const [first, last] of this.#ranges.slice(this.#range)) {
      runs += Math.ceil((last + 1 - Math.max(first, this.#nextPiece)) / runPieces);
    }
    return runs;
  }

  /** @returns The next run and its first piece; undefined when all are taken. */
  takeRun(): { readonly firstPiece: number; readonly run: CheckRun } | undefined {
    const firstPiece = this.#nextPiece;
    const last = this.#ranges[this.#range]?.[1] ?? -1;
    if (firstPiece > last) return undefined;
    const { pieceLengthBytes, totalBytes, hashes } = this.#torrent;
    const endPiece = Math.min(firstPiece + this.#runPieces(), last + 1);
    const position = firstPiece * pieceLengthBytes;
    const lengthBytes = Math.min(endPiece * pieceLengthBytes, totalBytes) - position;
    this.#piecesLeft -= endPiece - firstPiece;
    this.#nextPiece = endPiece > last ? (this.#ranges[++this.#range]?.[0] ?? endPiece) : endPiece;
    return {
      firstPiece,
      run: {
        spans: this.#spans(position, lengthBytes),
        pieceLengthBytes,
        lengthBytes,
        // A copy, so that the rest of its memory is not posted too.
        hashes: hashes.slice(firstPiece * 20, endPiece * 20),
      },
    };
  }

  #runPieces(): number {
    const { pieceLengthBytes } = this.#torrent;
    const runBytes = this.#runBytes(this.#piecesLeft * pieceLengthBytes);
    return Math.max(1, Math.floor(runBytes / pieceLengthBytes));
  }

  #spans(position: number, lengthBytes: number): CheckSpan[] {
    return this.#map.spans(position, lengthBytes).flatMap((span) => {
      const { path, isPadding } = this.#torrent.files[span.file] ?? {};
      if (isPadding === true) return [{ ...placeOf(span), path: undefined }];
      return this.#torrent.partFile?.files.has(span.file) === true
        ? this.#partFileSpans(span, path, this.#torrent.partFile)
        : [{ ...placeOf(span), path }];
    });
  }

  /** Splits by piece, as each has its own offset. A piece without an entry is read at the file's own path. */
  #partFileSpans(span: FileSpan, path: string | undefined, partFile: CheckPartFile): CheckSpan[] {
    const { pieceLengthBytes } = this.#torrent;
    const fileStart = this.#map.startOf(span.file);
    return this.#map.pieceSpans(span, pieceLengthBytes).map(({ piece, begin, lengthBytes }) => {
      const entry = partFile.entries.get(piece);
      return entry === undefined
        ? { path, fileOffset: piece * pieceLengthBytes + begin - fileStart, lengthBytes }
        : { path: partFile.path, fileOffset: entry + begin, lengthBytes };
    });
  }
}

function placeOf({ fileOffset, lengthBytes }: FileSpan): Omit<CheckSpan, "path"> {
  return { fileOffset, lengthBytes };
}
