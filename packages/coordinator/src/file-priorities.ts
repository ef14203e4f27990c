import { bitfieldBytes } from "@troupe/messages";
import type { Magnet } from "@troupe/protocol/magnet";
import { FileMap, type Geometry } from "@troupe/protocol/metainfo";
import { setBit } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";

/** Priorities are whole numbers from 0, never requested, to this. */
export const highestPriority = 65_535;
const defaultPriority = 1;

/** First and last piece. */
export type PieceRange = readonly [first: number, last: number];

/** The facts of a file that priorities need. */
export interface PrioritizedFile {
  readonly lengthBytes: number;
  /** Padding goes with the file before it. */
  readonly isPadding?: boolean;
}

/** The priorities of a torrent. A piece has the highest priority of the files that have a byte in it. */
export class FilePriorities {
  /** Undefined while every file has 1. */
  #ofPieces: Uint16Array | undefined;
  readonly #geometry: Geometry;
  readonly #files: readonly PrioritizedFile[];
  readonly #map: FileMap;
  readonly #ofFiles: Uint16Array;
  /** First and last pieces of ranges that readers need. */
  #read: readonly PieceRange[] = [];

  /** @param given Checked by {@link isPriorityList}; without it every file has 1. */
  constructor(geometry: Geometry, files: readonly PrioritizedFile[], given?: readonly number[]) {
    this.#geometry = geometry;
    this.#files = files;
    this.#map = new FileMap(
      files.map(({ lengthBytes }) => lengthBytes),
      geometry.pieceLengthBytes,
    );
    this.#ofFiles = new Uint16Array(files.length).fill(defaultPriority);
    if (given !== undefined) this.#ofFiles.set(given);
    for (let file = 0; file < files.length; file++)
      if (files[file]?.isPadding === true) this.#ofFiles[file] = this.#ofFiles[file - 1] ?? 1;
    if (this.#ofFiles.some((priority) => priority !== defaultPriority)) this.#spread();
  }

  /** Per piece; 0 is unwanted. */
  get ofPieces(): Uint16Array {
    return this.#ofPieces ?? this.#spread();
  }

  /** 0 is unwanted: no file wants the piece, and no reader. */
  ofPiece(piece: number): number {
    if (this.#ofPieces === undefined) return defaultPriority;
    return this.#ofPieces[piece] || (this.#isRead(piece) ? defaultPriority : 0);
  }

  /** The pieces with another priority than 1. */
  *unusual(): Generator<readonly [piece: PieceIndex, priority: number]> {
    for (const [piece, priority] of this.#ofPieces?.entries() ?? [])
      if (priority !== defaultPriority) yield [piece as PieceIndex, priority];
  }

  of(file: number): number {
    return this.#ofFiles[file] ?? 0;
  }

  /** The priority of each file. */
  list(): number[] {
    return [...this.#ofFiles];
  }

  /** Indexes of the files with priority 0. */
  unwanted(): number[] {
    return [...this.#ofFiles.keys()].filter((file) => this.#ofFiles[file] === 0);
  }

  /** First and last piece with a byte of this file; undefined for an empty file. */
  piecesOf(file: number): readonly [number, number] | undefined {
    return this.#map.piecesOf(file);
  }

  /** @returns Bytes of the piece that are in the file. */
  bytesIn(file: number, piece: number): number {
    return this.#map.sharedBytes(file, piece);
  }

  /** Indexes of the files with bytes in a piece. */
  filesIn(piece: number): number[] {
    return this.#map.spansOf(piece).map(({ file }) => file);
  }

  /** Whether bytes of the file are in the piece. */
  hasPiece(file: number, piece: PieceIndex): boolean {
    const [first, last] = this.piecesOf(file) ?? [0, -1];
    return piece >= first && piece <= last;
  }

  /** @returns pieces with a changed priority. */
  set(file: number, priority: number): PieceIndex[] {
    const changed: PieceIndex[] = [];
    const { ofPieces } = this;
    let at = file;
    do {
      this.#ofFiles[at] = priority;
      const [first, last] = this.piecesOf(at) ?? [0, -1];
      for (let piece = first; piece <= last; piece++) {
        const before = ofPieces[piece];
        const isShared = piece === first || piece === last;
        ofPieces[piece] = isShared ? this.#highestIn(piece) : priority;
        if (ofPieces[piece] !== before) changed.push(piece as PieceIndex);
      }
      at++;
    } while (this.#files[at]?.isPadding === true);
    return changed;
  }

  /**
   * Pieces that readers need are wanted whatever the priority of their files.
   *
   * @param ranges First and last pieces, instead of the ranges before.
   * @returns Pieces that no file wants, wanted for readers before or from now on.
   */
  setRead(ranges: readonly PieceRange[]): PieceIndex[] {
    const before = this.#read;
    this.#read = ranges;
    const changed = new Set<PieceIndex>();
    for (const [first, last] of [...before, ...ranges])
      for (let piece = first; piece <= last; piece++)
        if (this.#ofPieces?.[piece] === 0) changed.add(piece as PieceIndex);
    return [...changed];
  }

  /** Wanted pieces, had or not, as a bitfield in wire order; undefined: all. */
  wantedPieces(): Uint8Array | undefined {
    if (this.#ofPieces?.includes(0) !== true) return undefined;
    const bits = new Uint8Array(bitfieldBytes(this.ofPieces.length));
    for (let piece = 0; piece < this.ofPieces.length; piece++) {
      if (this.ofPiece(piece) !== 0) setBit(bits, piece);
    }
    return bits;
  }

  #isRead(piece: number): boolean {
    return this.#read.some(([first, last]) => piece >= first && piece <= last);
  }

  #spread(): Uint16Array {
    const ofPieces = new Uint16Array(this.#geometry.pieceCount);
    for (let file = 0; file < this.#files.length; file++) {
      const [first, last] = this.piecesOf(file) ?? [0, -1];
      for (let piece = first; piece <= last; piece++)
        ofPieces[piece] = Math.max(ofPieces[piece] ?? 0, this.of(file));
    }
    this.#ofPieces = ofPieces;
    return ofPieces;
  }

  #highestIn(piece: number): number {
    const spans = this.#map.spansOf(piece);
    return spans.reduce((highest, { file }) => Math.max(highest, this.of(file)), 0);
  }
}

/** Whether the list has a valid priority for each file. */
export function isPriorityList(list: readonly number[], fileCount: number): boolean {
  return list.length === fileCount && list.every(isPriority);
}

/** Whether this is a priority. */
export function isPriority(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= highestPriority;
}

/**
 * 1 for the files of the ranges, 0 for others. Ranges without any file count as absent.
 *
 * @param ranges The files that a magnet link selects (BEP 53).
 * @returns Undefined without ranges.
 */
export function selectedFiles(
  ranges: Magnet["selected"],
  fileCount: number,
): readonly number[] | undefined {
  if (ranges === undefined) return undefined;
  const list = Array.from({ length: fileCount }, () => 0);
  for (const [first, last] of ranges) list.fill(1, first, last + 1);
  return list.includes(1) ? list : list.fill(1);
}

/** The priorities of the files whose priority has changed. */
export function prioritiesSince(
  before: readonly number[],
  now: readonly number[],
): { readonly file: number; readonly priority: number }[] {
  return now.flatMap((priority, file) => (priority === before[file] ? [] : [{ file, priority }]));
}
