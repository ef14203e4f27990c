// Ranges of hashes of a layer, and the uncles that prove them (BEP 52, "hash request"). Layers count from the leaves.

import { heightOf, layerAbove, nodeBytes, rootOf } from "./merkle-tree.ts";
import { sha256 } from "../bytes/sha256.ts";

/** Hashes of a request; longer ranges are refused. The leaves of a piece of 128 MiB. */
export const maxRangeHashes = 8_192;

/** Consecutive nodes of a layer, and how far their proof reaches. */
export interface HashRange {
  readonly baseLayer: number;
  /** Place of the first node in its layer: a multiple of `length`. */
  readonly index: number;
  /** A power of two, at least 2. */
  readonly length: number;
  /** Layers above the base layer that the proof covers. */
  readonly proofLayers: number;
}

/** A node and its place. */
interface ProvenNode {
  readonly layer: number;
  readonly index: number;
  /** 32 bytes. */
  readonly node: Uint8Array;
}

/** @returns Whether the tree of a file has such a range. @param height Layers of the tree above its leaves. */
export function isRangeOf(range: HashRange, height: number): boolean {
  const { baseLayer, index, length, proofLayers } = range;
  if (length < 2 || length > maxRangeHashes || !isPowerOfTwo(length)) return false;
  if (baseLayer >= height || proofLayers >= height - baseLayer) return false;
  return index % length === 0 && index + length <= 2 ** (height - baseLayer);
}

function isPowerOfTwo(number: number): boolean {
  return 2 ** heightOf(number) === number;
}

/** @returns Uncles of a range: layers that the range covers by itself have none. */
export function uncleCount({ length, proofLayers }: HashRange): number {
  return Math.max(0, proofLayers - heightOf(length) + 1);
}

/** @returns Hashes of an answer: the range and its uncles. */
export function hashCount(range: HashRange): number {
  return range.length + uncleCount(range);
}

/**
 * @param nodeAt Gives each node of the tree; zero nodes beyond the end of the file.
 * @returns The range and its uncles, the lowest uncle first, in memory of their own.
 */
export function hashesOf(
  range: HashRange,
  nodeAt: (layer: number, index: number) => Uint8Array,
): Uint8Array {
  const { baseLayer, index, length } = range;
  const hashes = new Uint8Array(hashCount(range) * nodeBytes);
  for (let at = 0; at < length; at++) hashes.set(nodeAt(baseLayer, index + at), at * nodeBytes);
  let layer = baseLayer + heightOf(length);
  let place = index / length;
  for (let at = length * nodeBytes; at < hashes.length; at += nodeBytes) {
    hashes.set(nodeAt(layer++, siblingOf(place)), at);
    place = Math.floor(place / 2);
  }
  return hashes;
}

/**
 * @param hashes Hashes in the order of {@link hashesOf}, {@link hashCount} of them.
 * @returns The node that these hashes make: right if the tree has it there.
 */
export function provenNode(range: HashRange, hashes: Uint8Array): ProvenNode {
  const { baseLayer, length } = range;
  let layer = baseLayer + heightOf(length);
  let index = range.index / length;
  let node = rootOf(hashes.subarray(0, length * nodeBytes), baseLayer);
  const both = new Uint8Array(2 * nodeBytes);
  for (let at = length * nodeBytes; at < hashes.length; at += nodeBytes) {
    const isRight = index % 2 === 1;
    both.set(node, isRight ? nodeBytes : 0);
    both.set(hashes.subarray(at, at + nodeBytes), isRight ? 0 : nodeBytes);
    node = sha256(both);
    index = Math.floor(index / 2);
    layer++;
  }
  return { layer, index, node };
}

function siblingOf(index: number): number {
  return index % 2 === 0 ? index + 1 : index - 1;
}

/** @returns All layers from that of the nodes up to a single node, the lowest first. */
export function layersAbove(nodes: Uint8Array, layer: number): Uint8Array[] {
  const layers = [nodes];
  for (let top = nodes; top.length > nodeBytes; layers.push(top))
    top = layerAbove(top, layer + layers.length - 1);
  return layers;
}
