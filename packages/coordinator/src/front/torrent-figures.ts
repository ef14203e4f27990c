// What the user's thread knows of a torrent's pieces and bytes, from the events of the engine at hand and of those
// that died before it.

import type { TorrentInfo, TorrentProgress } from "@troupe/messages";
import { hasBit, setBit } from "@troupe/protocol";

/** Outcome of a hash check. */
export interface CheckResult {
  readonly passed: number;
  readonly failed: number;
  readonly failedPieces: readonly number[];
}

/** Counters that only grow. */
type Counted = Pick<TorrentProgress, "downloadedBytes" | "uploadedBytes" | "wastedBytes">;

const nothingCounted: Counted = { downloadedBytes: 0, uploadedBytes: 0, wastedBytes: 0 };

/** Pieces had and bytes moved of one torrent. */
export class TorrentFigures {
  readonly #info: TorrentInfo;
  readonly #bitfield: Uint8Array;
  #progress: TorrentProgress;
  /** What engines that died had counted. */
  #earlier: Counted = nothingCounted;

  constructor(info: TorrentInfo) {
    this.#info = info;
    this.#bitfield = new Uint8Array(Math.ceil(info.pieces / 8));
    this.#progress = {
      ...nothingCounted,
      haveBytes: 0,
      wantedBytes: info.lengthBytes,
      downBytesPerSecond: 0,
      upBytesPerSecond: 0,
      peers: 0,
    };
  }

  /** As of the last event. */
  get progress(): TorrentProgress {
    return this.#progress;
  }

  /** Wire order; a copy. */
  get bitfield(): Uint8Array {
    return this.#bitfield.slice();
  }

  /** New figures of the engine at hand. @returns them with what its predecessors had counted. */
  update(progress: TorrentProgress): TorrentProgress {
    this.#progress = {
      ...progress,
      downloadedBytes: progress.downloadedBytes + this.#earlier.downloadedBytes,
      uploadedBytes: progress.uploadedBytes + this.#earlier.uploadedBytes,
      wastedBytes: progress.wastedBytes + this.#earlier.wastedBytes,
    };
    return this.#progress;
  }

  /** One more piece is had; it counts before the next figures come. */
  addPiece(index: number): void {
    if (hasBit(this.#bitfield, index)) return;
    setBit(this.#bitfield, index);
    this.#have(this.#progress.haveBytes + this.#pieceBytes(index));
  }

  /** What is on disk was hashed, or was believed. */
  check(bitfield: Uint8Array): CheckResult {
    this.#bitfield.set(bitfield);
    const { pieces } = this.#info;
    const failedPieces: number[] = [];
    let haveBytes = 0;
    for (let piece = 0; piece < pieces; piece++) {
      if (hasBit(bitfield, piece)) haveBytes += this.#pieceBytes(piece);
      else failedPieces.push(piece);
    }
    this.#have(haveBytes);
    const failed = failedPieces.length;
    return { passed: pieces - failed, failed, failedPieces };
  }

  /** Another engine counts from zero, and checks again what is on disk. */
  beginAgain(): void {
    this.#bitfield.fill(0);
    this.#earlier = this.#progress;
    this.#have(0);
  }

  #have(haveBytes: number): void {
    this.#progress = { ...this.#progress, haveBytes };
  }

  #pieceBytes(piece: number): number {
    const { pieceLengthBytes, lengthBytes } = this.#info;
    return Math.min(pieceLengthBytes, lengthBytes - piece * pieceLengthBytes);
  }
}
