// The upper layers of the tree of a file, over a layer in memory.

import { layersAbove } from "./hash-range.ts";
import { nodeBytes, rootOf, zeroNode } from "./merkle-tree.ts";

/** Layers between the given layer and the lowest that is kept: 512 nodes are hashed again for each proof. */
const skippedLayers = 9;
/** Nodes of the given layer below a node of the lowest kept layer. */
const chunkNodes: number = 2 ** skippedLayers;

/** Nodes of a layer, each `strideBytes` behind the one before. */
interface LayerNodes {
  readonly bytes: Uint8Array;
  /** Place of the first node in `bytes`. */
  readonly offset: number;
  readonly strideBytes: number;
  /** At least one. */
  readonly count: number;
}

/**
 * The nodes of a tree from a layer up. Nodes that lie 9 layers higher, and those above them, are computed once and
 * kept: 64 bytes for each 512 nodes of the layer. The others are computed for each call.
 */
export class TreeLayers {
  readonly #nodes: LayerNodes;
  readonly #layer: number;
  /** Nodes that lie 9 layers higher, as far as they are computed. */
  readonly #chunks: Uint8Array;
  #chunkCount = 0;
  /** From the layer of the chunks up; empty until all chunks are computed. */
  #kept: readonly Uint8Array[] = [];

  /** @param nodes Kept: must not change. @param layer Their layer. */
  constructor(nodes: LayerNodes, layer: number) {
    this.#nodes = nodes;
    this.#layer = layer;
    this.#chunks = new Uint8Array(Math.ceil(nodes.count / chunkNodes) * nodeBytes);
  }

  /** Bytes of the kept layers, when they are whole. */
  get keptBytes(): number {
    return 2 * this.#chunks.length;
  }

  /**
   * Computes the kept layers, about a millisecond for 1,000 nodes.
   *
   * @param maxChunks Chunks of 512 nodes in this call.
   * @returns Whether they are whole: {@link nodeAt} may be called.
   */
  prepare(maxChunks: number): boolean {
    const end = Math.min(this.#chunks.length / nodeBytes, this.#chunkCount + maxChunks);
    for (; this.#chunkCount < end; this.#chunkCount++) {
      const chunk = this.#below(this.#chunkCount, skippedLayers);
      this.#chunks.set(chunk, this.#chunkCount * nodeBytes);
    }
    if (this.#chunkCount * nodeBytes < this.#chunks.length) return false;
    if (this.#kept.length === 0)
      this.#kept = layersAbove(this.#chunks, this.#layer + skippedLayers);
    return true;
  }

  /** @returns A node at this layer or above, a zero node beyond the end. May be memory of the tree: read it only. */
  nodeAt(layer: number, index: number): Uint8Array {
    const height = layer - this.#layer;
    if (height < skippedLayers) return this.#below(index, height);
    const kept = this.#kept[height - skippedLayers];
    if (kept !== undefined && index * nodeBytes < kept.length)
      return kept.subarray(index * nodeBytes, (index + 1) * nodeBytes);
    return zeroNode(layer);
  }

  /** The node `height` layers above the nodes. */
  #below(index: number, height: number): Uint8Array {
    const { bytes, count, offset, strideBytes } = this.#nodes;
    const first = index * 2 ** height;
    const end = Math.min(count, first + 2 ** height);
    if (first >= end) return zeroNode(this.#layer + height);
    const at = offset + first * strideBytes;
    if (height === 0) return bytes.subarray(at, at + nodeBytes);
    return rootOf(packed(bytes, at, strideBytes, end - first), this.#layer, height);
  }
}

/** @returns The nodes end to end. */
function packed(bytes: Uint8Array, offset: number, strideBytes: number, count: number): Uint8Array {
  if (strideBytes === nodeBytes) return bytes.subarray(offset, offset + count * nodeBytes);
  const nodes = new Uint8Array(count * nodeBytes);
  for (let node = 0; node < count; node++) {
    const at = offset + node * strideBytes;
    nodes.set(bytes.subarray(at, at + nodeBytes), node * nodeBytes);
  }
  return nodes;
}
