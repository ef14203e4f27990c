// A torrent's check cut into runs of consecutive pieces.

import { FileMap } from "@troupe/protocol";
import type { CheckRun, CheckSpan } from "./check-run.ts";

/** One file of a torrent to be checked, in torrent order. */
export interface CheckFile {
  /** Absolute. Links among its folders are followed; a link at the last step makes the file unreadable. */
  readonly path: string;
  readonly lengthBytes: number;
  /** Padding (BEP 47): zeros that are never on the disk. */
  readonly isPadding?: boolean;
}

/** What is to be checked. */
export interface CheckedTorrent {
  readonly files: readonly CheckFile[];
  readonly pieceLengthBytes: number;
  readonly totalBytes: number;
  /** 20 bytes a piece. */
  readonly hashes: Uint8Array;
}

/** Runs of one torrent, made one by one: a plan of a million files costs no memory. */
export class CheckPlan {
  readonly pieceCount: number;
  readonly #torrent: CheckedTorrent;
  readonly #map: FileMap;
  readonly #runPieces: number;
  #nextPiece = 0;

  /** @param runBytes Bytes of a run, about; at least one piece. */
  constructor(torrent: CheckedTorrent, runBytes: number) {
    this.#torrent = torrent;
    this.#map = new FileMap(torrent.files.map(({ lengthBytes }) => lengthBytes));
    this.pieceCount = Math.ceil(torrent.totalBytes / torrent.pieceLengthBytes);
    this.#runPieces = Math.max(1, Math.floor(runBytes / torrent.pieceLengthBytes));
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

  /** Runs not yet taken. */
  get runsLeft(): number {
    return Math.ceil((this.pieceCount - this.#nextPiece) / this.#runPieces);
  }

  /** @returns The next run and its first piece; undefined when all are taken. */
  takeRun(): { readonly firstPiece: number; readonly run: CheckRun } | undefined {
    const firstPiece = this.#nextPiece;
    if (firstPiece >= this.pieceCount) return undefined;
    const { pieceLengthBytes, totalBytes, hashes } = this.#torrent;
    const endPiece = Math.min(firstPiece + this.#runPieces, this.pieceCount);
    const position = firstPiece * pieceLengthBytes;
    const lengthBytes = Math.min(endPiece * pieceLengthBytes, totalBytes) - position;
    this.#nextPiece = endPiece;
    return {
      firstPiece,
      run: {
        spans: this.#spans(position, lengthBytes),
        pieceLengthBytes,
        lengthBytes,
        // A copy, which is posted without the rest of the memory it was cut from.
        hashes: hashes.slice(firstPiece * 20, endPiece * 20),
      },
    };
  }

  #spans(position: number, lengthBytes: number): CheckSpan[] {
    return this.#map
      .spans(position, lengthBytes)
      .map(({ file, fileOffset, lengthBytes: bytes }) => {
        const { path, isPadding } = this.#torrent.files[file] ?? {};
        return { path: isPadding === true ? undefined : path, fileOffset, lengthBytes: bytes };
      });
  }
}
