// The progress of a torrent, from the events of all its engines.

import type { FileRename, TorrentSettings } from "@troupe/control";
import { bitfieldBytes, countFiles, unpackFiles } from "@troupe/messages";
import type { ListedFile, TorrentEvent, TorrentInfo, TorrentProgress } from "@troupe/messages";
import {
  DataBytes,
  makeGeometry,
  pathInTorrent,
  type ContentLayout,
  type Geometry,
} from "@troupe/protocol/metainfo";
import { clearBit, hasBit, setBit } from "@troupe/protocol/peer";
import { FilePriorities } from "../file-priorities.ts";
import { renamedFiles, type RenamedFile } from "../file-renames.ts";

/** The result of a hash check. */
export interface CheckResult {
  readonly passed: number;
  readonly failed: number;
  readonly failedPieces: readonly number[];
}

/** A file of a torrent as it is now. */
export interface TorrentFile {
  /** Absolute. */
  readonly path: string;
  /** In the torrent itself, with `/` between its parts, whatever the layout and the renames are. */
  readonly torrentPath: string;
  readonly lengthBytes: number;
  /** Its first byte among the bytes of all files. */
  readonly offset: number;
  /** The pieces that overlap the file; undefined for a file without bytes. */
  readonly pieceRange?: readonly [first: number, last: number];
  /** 0: not wanted. */
  readonly priority: number;
  /** Its bytes in pieces had. */
  readonly haveBytes: number;
  /** A file of zeros that is never on the disk (BEP 47). */
  readonly isPadding: boolean;
  /** Its `haveBytes` are in the hidden part file alone, because the file is not wanted. */
  readonly isInPartFile: boolean;
}

/** Counts of pieces. */
export interface PieceProgress {
  readonly finished: number;
  readonly unfinished: number;
  /** 0 to 100. */
  readonly percentage: number;
}

const counters = [
  "downloadedBytes",
  "uploadedBytes",
  "wastedBytes",
  "failedHashBytes",
  "protocolDownBytes",
  "protocolUpBytes",
] as const;

type Counted = Pick<TorrentProgress, (typeof counters)[number]>;

/** A piece that is had changes these two in place: otherwise it would cost a copy of all figures. */
type OwnProgress = TorrentProgress & { haveBytes: number; wantedBytes: number };

type FilesEvent = Extract<TorrentEvent, { readonly event: "files-placed" | "part-file" }>;

/** Before the metadata is known. */
const noPieces: Geometry = {
  totalBytes: 0,
  pieceLengthBytes: 1,
  pieceCount: 0,
  lastPieceLengthBytes: 0,
};
const nothingCounted = eachCounter(() => 0);
const noFiles: ReadonlySet<number> = new Set();
const noRenames: ReadonlyMap<number, RenamedFile> = new Map();
/** Never changed. */
const noPlaces = new Map<number, string>();

function eachCounter(count: (name: keyof Counted) => number): Counted {
  return Object.fromEntries(counters.map((name) => [name, count(name)])) as Counted;
}

/** The pieces and bytes of a torrent. */
export class TorrentProgressView {
  readonly #info: TorrentInfo;
  readonly #layout: ContentLayout | undefined;
  readonly #bitfield: Uint8Array;
  /** Made when the user asks for the files. */
  #listed: readonly ListedFile[] | undefined;
  /** Undefined while every file has 1, until the user asks for the files. */
  #priorities: FilePriorities | undefined;
  #partFile = noFiles;
  #placed: Map<number, string> = noPlaces;
  /** Paths of renamed files, until an opening of the storage reports them. */
  #renamed: ReadonlyMap<number, RenamedFile>;
  readonly #dataBytes: DataBytes;
  #leftBytes = 0;
  #leftPieces = 0;
  #finished = 0;
  #progress: OwnProgress;
  /** The counts of earlier engines. */
  #earlier: Counted = nothingCounted;

  /**
   * @param priorities Default: 1 a file.
   * @param names Default: the files are named as in the torrent.
   */
  constructor(
    info: TorrentInfo,
    priorities?: readonly number[],
    { layout, renames = [] }: Pick<TorrentSettings, "layout" | "renames"> = {},
  ) {
    this.#info = info;
    this.#layout = layout;
    this.#renamed = this.#renamedBy(renames);
    this.#bitfield = new Uint8Array(bitfieldBytes(info.pieces));
    if (priorities?.every((priority) => priority === 1) === false)
      this.#priorities = this.#prioritiesOf(priorities);
    const hasPadding = info.files.padding.length > 0;
    this.#dataBytes = new DataBytes(geometryOf(info), hasPadding ? this.#files : []);
    this.#countLeft();
    this.#progress = {
      ...nothingCounted,
      haveBytes: 0,
      wantedBytes: this.#leftBytes,
      downBytesPerSecond: 0,
      upBytesPerSecond: 0,
      ...{ peers: 0, seeds: 0, sendingPeers: 0, gettingPeers: 0 },
    };
  }

  /** Not a copy. */
  get progress(): TorrentProgress {
    return this.#progress;
  }

  /** Bytes of all files without padding. */
  get sizeBytes(): number {
    return this.#dataBytes.totalBytes;
  }

  /** Bytes of the wanted pieces that are not had, without padding. */
  get leftBytes(): number {
    return this.#leftBytes;
  }

  get isSeed(): boolean {
    return this.#info.hasMetadata && this.#finished === this.#info.pieces;
  }

  /** 0 until the metadata is known. */
  get lastPieceLengthBytes(): number {
    return this.#dataBytes.geometry.lastPieceLengthBytes;
  }

  /** Every wanted piece is had. */
  get isComplete(): boolean {
    return this.#info.hasMetadata && this.#leftPieces === 0;
  }

  /** The wanted pieces that are not had, wire order; a copy. */
  get wanted(): Uint8Array {
    const wanted = new Uint8Array(this.#bitfield.length);
    for (let piece = 0; piece < this.#info.pieces; piece++) {
      if (this.#isLeft(piece)) setBit(wanted, piece);
    }
    return wanted;
  }

  get priorities(): number[] {
    return this.#priorities?.list() ?? Array<number>(countFiles(this.#info.files)).fill(1);
  }

  setPriorities(list: readonly { readonly file: number; readonly priority: number }[]): void {
    for (const { file, priority } of list) this.#filePriorities.set(file, priority);
    this.#countLeft();
    this.#have(this.#progress.haveBytes);
  }

  /** @returns Undefined for an index of no file. */
  fileAt(index: number): ListedFile | undefined {
    return this.#files[index];
  }

  get fileCount(): number {
    return this.#files.length;
  }

  /** @param absolute Makes a path of the torrent absolute. */
  files(absolute: (path: string) => string): TorrentFile[] {
    const priorities = this.#filePriorities;
    let offset = 0;
    return this.#files.map(({ path, lengthBytes, isPadding }, file) => {
      const start = offset;
      offset += lengthBytes;
      const pieceRange = priorities.piecesOf(file);
      let haveBytes = 0;
      const [first, last] = pieceRange ?? [0, -1];
      for (let piece = first; piece <= last; piece++) {
        if (hasBit(this.#bitfield, piece)) haveBytes += priorities.bytesIn(file, piece);
      }
      const priority = priorities.of(file);
      const placed = absolute(this.#placed.get(file) ?? this.#renamed.get(file)?.path ?? path);
      const torrentPath = pathInTorrent(path, this.#info.name, this.#layout);
      const known = { path: placed, torrentPath, lengthBytes, offset: start, priority, haveBytes };
      const isInPartFile = haveBytes > 0 && this.#partFile.has(file);
      return { ...known, isPadding, isInPartFile, ...(pieceRange !== undefined && { pieceRange }) };
    });
  }

  setRenames(renames: readonly FileRename[]): void {
    this.#renamed = this.#renamedBy(renames);
  }

  #renamedBy(renames: readonly FileRename[]): ReadonlyMap<number, RenamedFile> {
    if (renames.length === 0) return noRenames;
    const paths = this.#files.map(({ path, isPadding }) => (isPadding ? undefined : path));
    return renamedFiles(paths, renames);
  }

  /** Takes the files that live in the part file, or those that do not lie at the path that the torrent gives them. */
  noteFiles(event: FilesEvent): void {
    if (event.event === "part-file") {
      this.#partFile = event.files.length === 0 ? noFiles : new Set(event.files);
      return;
    }
    if (event.isChange !== true || this.#placed === noPlaces) this.#placed = new Map();
    for (const { file, path } of event.files) this.#placed.set(file, path);
  }

  get pieces(): PieceProgress {
    const { pieces } = this.#info;
    const finished = this.#finished;
    const percentage = pieces === 0 ? 0 : (finished * 100) / pieces;
    return { finished, unfinished: pieces - finished, percentage };
  }

  /** Wire order; a copy. */
  get bitfield(): Uint8Array {
    return this.#bitfield.slice();
  }

  /** @returns The figures with the counts of earlier engines; not a copy. */
  update(progress: TorrentProgress): TorrentProgress {
    const earlier = this.#earlier;
    this.#progress = { ...progress, ...eachCounter((name) => progress[name] + earlier[name]) };
    return this.#progress;
  }

  addPieces(indexes: readonly number[]): void {
    let { haveBytes } = this.#progress;
    for (const index of indexes) {
      if (hasBit(this.#bitfield, index)) continue;
      if (this.#isLeft(index)) this.#changeLeft(index, -1);
      setBit(this.#bitfield, index);
      this.#finished++;
      haveBytes += this.#dataBytes.ofPiece(index);
    }
    this.#have(haveBytes);
  }

  /** A had piece is damaged on the disk. */
  dropPiece(index: number): void {
    if (!hasBit(this.#bitfield, index)) return;
    clearBit(this.#bitfield, index);
    this.#finished--;
    if (this.#isLeft(index)) this.#changeLeft(index, 1);
    this.#have(this.#progress.haveBytes - this.#dataBytes.ofPiece(index));
  }

  /** Takes the pieces on disk from a hash check, or from the record. */
  check(bitfield: Uint8Array): CheckResult {
    this.#bitfield.set(bitfield);
    const { pieces } = this.#info;
    const failedPieces: number[] = [];
    let haveBytes = 0;
    for (let piece = 0; piece < pieces; piece++) {
      if (hasBit(bitfield, piece)) haveBytes += this.#dataBytes.ofPiece(piece);
      else failedPieces.push(piece);
    }
    this.#countLeft();
    this.#have(haveBytes);
    const failed = failedPieces.length;
    this.#finished = pieces - failed;
    return { passed: pieces - failed, failed, failedPieces };
  }

  /**
   * A new engine counts from zero, and checks the disk again.
   *
   * @param keepsPieces A stopped torrent has the pieces of its last run until it starts.
   */
  beginAgain(keepsPieces: boolean): void {
    this.#earlier = this.#progress;
    this.#partFile = noFiles;
    this.#placed = noPlaces;
    if (keepsPieces) return;
    this.#bitfield.fill(0);
    this.#countLeft();
    this.#finished = 0;
    this.#have(0);
  }

  #have(haveBytes: number): void {
    this.#progress.haveBytes = haveBytes;
    this.#progress.wantedBytes = haveBytes + this.#leftBytes;
  }

  get #files(): readonly ListedFile[] {
    return (this.#listed ??= unpackFiles(this.#info.files));
  }

  get #filePriorities(): FilePriorities {
    return (this.#priorities ??= this.#prioritiesOf(undefined));
  }

  #prioritiesOf(given: readonly number[] | undefined): FilePriorities {
    return new FilePriorities(geometryOf(this.#info), this.#files, given);
  }

  #isLeft(piece: number): boolean {
    return this.#priorities?.ofPiece(piece) !== 0 && !hasBit(this.#bitfield, piece);
  }

  #countLeft(): void {
    this.#leftBytes = 0;
    this.#leftPieces = 0;
    for (let piece = 0; piece < this.#info.pieces; piece++) {
      if (this.#isLeft(piece)) this.#changeLeft(piece, 1);
    }
  }

  #changeLeft(piece: number, pieces: 1 | -1): void {
    this.#leftPieces += pieces;
    this.#leftBytes += pieces * this.#dataBytes.ofPiece(piece);
  }
}

function geometryOf({ hasMetadata, lengthBytes, pieceLengthBytes }: TorrentInfo): Geometry {
  return hasMetadata ? makeGeometry(lengthBytes, pieceLengthBytes) : noPieces;
}
