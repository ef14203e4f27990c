// The trees of the files of a torrent (BEP 52), over hashes in memory that the engine completes.

import { viewShared, type OpenTrees } from "@troupe/messages";
import { TreeLayers, nodeBytes, treeHeight } from "@troupe/protocol/merkle";
import { PieceHashes } from "@troupe/protocol/piece-hashes";

import { maxKeptLayerBytes } from "../limits.ts";

/** A file with data. */
export interface TreeFile {
  readonly index: number;
  readonly root: Uint8Array;
  readonly firstPiece: number;
  readonly pieces: number;
  readonly lengthBytes: number;
  /** Layers above its leaves. */
  readonly height: number;
}

/** The trees of a torrent. */
export class TorrentTrees {
  readonly pieceLayer: number;
  readonly isAlone: boolean;
  readonly #hashes: PieceHashes;
  readonly #roots: Uint8Array;
  readonly #places: Float64Array;
  readonly #pieceLengthBytes: number;
  /** Indexes of files in the order of their roots; made at the first search. */
  #byRoot: Uint32Array | undefined;
  /** Upper layers of files; the file that was used last is the last. */
  readonly #layers = new Map<number, TreeLayers>();
  #layerBytes = 0;
  /** Pieces from the first on whose hashes are known. */
  #knownFromStart = 0;
  /** By file: pieces from its first on whose hashes are known. */
  readonly #knownPieces = new Map<number, number>();

  constructor(opened: OpenTrees, pieceLengthBytes: number) {
    this.pieceLayer = opened.pieceLayer;
    this.isAlone = opened.isAlone;
    const bytes = new Uint8Array(opened.hashes);
    this.#hashes = new PieceHashes(opened.algorithm, bytes, opened.pieceLayer);
    this.#roots = viewShared(opened.roots);
    this.#places = new Float64Array(opened.places);
    this.#pieceLengthBytes = pieceLengthBytes;
  }

  /** @returns Undefined for a file without data. */
  file(index: number): TreeFile | undefined {
    const offset = this.#places[2 * index] ?? 0;
    const lengthBytes = this.#places[2 * index + 1] ?? 0;
    const root = this.#rootOf(index);
    if (lengthBytes === 0 || root.every((byte) => byte === 0)) return undefined;
    return {
      index,
      root,
      firstPiece: offset / this.#pieceLengthBytes,
      pieces: Math.ceil(lengthBytes / this.#pieceLengthBytes),
      lengthBytes,
      height: treeHeight(lengthBytes),
    };
  }

  /** The files with a root; equal files share it. */
  *filesOf(root: Uint8Array): Generator<TreeFile, void> {
    const order = (this.#byRoot ??= this.#sortedByRoot());
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (Buffer.compare(this.#rootOf(order[middle] ?? 0), root) < 0) low = middle + 1;
      else high = middle;
    }
    for (; low < order.length && Buffer.compare(this.#rootOf(order[low] ?? 0), root) === 0; low++) {
      const file = this.file(order[low] ?? 0);
      if (file !== undefined) yield file;
    }
  }

  /** @returns The node of a piece at the layer of pieces; zeros while it is not known. */
  nodeOf(piece: number): Uint8Array {
    const { bytes, digestBytes } = this.#hashes;
    return bytes.subarray(piece * digestBytes, piece * digestBytes + nodeBytes);
  }

  isKnown(piece: number): boolean {
    return this.#hashes.isNodeKnown(piece);
  }

  /** Whether the hashes of all pieces are known. */
  get areAllKnown(): boolean {
    const count = this.#hashes.bytes.length / this.#hashes.digestBytes;
    while (this.#knownFromStart < count && this.isKnown(this.#knownFromStart))
      this.#knownFromStart++;
    return this.#knownFromStart === count;
  }

  /** Whether the hashes of all pieces of a file are known. */
  isLayerKnown({ firstPiece, index, pieces }: TreeFile): boolean {
    let known = this.#knownPieces.get(index) ?? 0;
    while (known < pieces && this.isKnown(firstPiece + known)) known++;
    this.#knownPieces.set(index, known);
    return known === pieces;
  }

  /** The layers of a file of several pieces, whose hashes are known, from that of pieces up. */
  layersOf({ firstPiece, index, pieces }: TreeFile): TreeLayers {
    const { bytes, digestBytes } = this.#hashes;
    const offset = firstPiece * digestBytes;
    const nodes = { bytes, offset, strideBytes: digestBytes, count: pieces };
    const layers = this.#layers.get(index) ?? new TreeLayers(nodes, this.pieceLayer);
    if (this.#layers.delete(index)) this.#layerBytes -= layers.keptBytes;
    this.#layers.set(index, layers);
    this.#layerBytes += layers.keptBytes;
    this.#dropOldLayers(index);
    return layers;
  }

  #dropOldLayers(used: number): void {
    for (const [index, layers] of this.#layers) {
      if (this.#layerBytes <= maxKeptLayerBytes || index === used) return;
      this.#layers.delete(index);
      this.#layerBytes -= layers.keptBytes;
    }
  }

  #rootOf(index: number): Uint8Array {
    return this.#roots.subarray(index * nodeBytes, (index + 1) * nodeBytes);
  }

  #sortedByRoot(): Uint32Array {
    const order = Uint32Array.from({ length: this.#roots.length / nodeBytes }, (_, file) => file);
    return order.sort((one, other) => Buffer.compare(this.#rootOf(one), this.#rootOf(other)));
  }
}
