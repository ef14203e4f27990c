// What can be read off a torrent at any moment, without asking anybody.

import { join } from "node:path";
import type { AddTorrent, JobCounters, TorrentInfo, TorrentProgress } from "@troupe/messages";
import { TorrentProgressView, type PieceProgress, type TorrentFile } from "./torrent-progress.ts";
import { UserEvents } from "./events/user-events.ts";

/** The facts and figures of one torrent. */
export abstract class TorrentProperties extends UserEvents {
  readonly infoHash: string;
  readonly name: string;
  /** Bytes of all files. */
  readonly size: number;
  /** Bytes of every piece but the last, which may be shorter. */
  readonly pieceLength: number;
  /** Bytes of the last piece, 1 to `pieceLength`. */
  readonly lastPieceLength: number;
  readonly pieceCount: number;
  /** URLs by tier, in the order of the torrent. */
  readonly trackers: readonly (readonly string[])[];
  readonly isPrivate: boolean;
  /** Odd things in the .torrent that were accepted, as sentences. */
  readonly warnings: readonly string[];

  protected readonly figures: TorrentProgressView;
  /** Absolute. */
  #directory: string;

  constructor(info: TorrentInfo, { directory, priorities }: AddTorrent) {
    super();
    this.#directory = directory;
    this.figures = new TorrentProgressView(info, priorities);
    this.infoHash = info.infoHash;
    this.name = info.name;
    this.size = info.lengthBytes;
    this.pieceLength = info.pieceLengthBytes;
    this.lastPieceLength = info.lengthBytes % info.pieceLengthBytes || info.pieceLengthBytes;
    this.pieceCount = info.pieces;
    this.trackers = info.trackers;
    this.isPrivate = info.isPrivate;
    this.warnings = info.warnings;
  }

  /** The folder that its files lie in, or below. */
  get directory(): string {
    return this.#directory;
  }

  /** For its moves only: its files are elsewhere by now. */
  movedTo(directory: string): void {
    this.#directory = directory;
  }

  /** Every file as it is now, padding included; made anew at each call. */
  get files(): readonly TorrentFile[] {
    return this.figures.files((path) => join(this.#directory, path));
  }

  /** As of at most a second ago; `finished` and `unfinished` are pieces, `percentage` is 0 to 100. */
  get progress(): TorrentProgress & PieceProgress {
    return { ...this.figures.progress, ...this.figures.pieces };
  }

  /** Everything that is wanted is had. The same as `isComplete`. */
  get isFinished(): boolean {
    return this.isComplete;
  }

  /** Bytes over all runs, where a record of earlier ones is kept; undefined before the first start. */
  get lifetime(): JobCounters | undefined {
    return this.figures.progress.lifetime;
  }

  /** All that is wanted is had. */
  get isComplete(): boolean {
    return this.left === 0;
  }

  /** All that there is is had. */
  get isSeed(): boolean {
    return this.figures.isSeed;
  }

  /** Bytes of the pieces that are wanted and not had. */
  get left(): number {
    return this.figures.leftBytes;
  }

  /** Pieces that are wanted and not had, wire order; a copy. */
  get wanted(): Uint8Array {
    return this.figures.wanted;
  }

  /** One a file, in the order of `files`. */
  get priorities(): readonly number[] {
    return this.figures.priorities;
  }

  get downloaded(): number {
    return this.progress.downloadedBytes;
  }

  get uploaded(): number {
    return this.progress.uploadedBytes;
  }

  /** Pieces had, wire order (most significant bit first); a copy. */
  get bitfield(): Uint8Array {
    return this.figures.bitfield;
  }
}
