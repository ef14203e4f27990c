// The Merkle trees of version 2 (BEP 52): a tree a file, a leaf a block of 16 KiB. Each node above is the SHA-256 of the two
// below it. Layer 0 is that of the leaves. Leaves beyond the end of the file are zeros.

import { sha256 } from "../bytes/sha256.ts";
import { blockLengthBytes } from "../units.ts";

/** Bytes of a node. */
export const nodeBytes = 32;

/** Roots of trees of zero leaves, by their height. Grown on demand. */
const zeroRoots: Uint8Array[] = [new Uint8Array(nodeBytes)];

/** @returns The node at a layer above leaves that are all zeros. Must not be changed. */
export function zeroNode(layer: number): Uint8Array {
  for (let at = zeroRoots.length; at <= layer; at++) {
    const below = zeroRoots[at - 1] ?? new Uint8Array(nodeBytes);
    zeroRoots.push(parentOf(below, below));
  }
  return zeroRoots[layer] ?? new Uint8Array(nodeBytes);
}

/** @returns The node above two nodes, in memory of its own. */
function parentOf(left: Uint8Array, right: Uint8Array): Uint8Array {
  const both = new Uint8Array(2 * nodeBytes);
  both.set(left);
  both.set(right, nodeBytes);
  return sha256(both);
}

/** @returns Layers above `count` nodes up to their root: 0 for one node. */
export function heightOf(count: number): number {
  let height = 0;
  for (let nodes = 1; nodes < count; nodes *= 2) height++;
  return height;
}

/** @returns Layers above the leaves of so many bytes, of a file or a piece, up to their root. @param lengthBytes At least 1. */
export function treeHeight(lengthBytes: number): number {
  return heightOf(Math.ceil(lengthBytes / blockLengthBytes));
}

/**
 * @param nodes Nodes of a layer from its begin, end to end; at least one. Those to the right of them are zero nodes.
 * @param layer Their layer.
 * @param height Layers to climb. Default: up to the root of these nodes.
 * @returns The first node that many layers above, in memory of its own.
 */
export function rootOf(
  nodes: Uint8Array,
  layer: number,
  height: number = heightOf(nodes.length / nodeBytes),
): Uint8Array {
  let count = nodes.length / nodeBytes;
  const current = new Uint8Array((count + (count % 2)) * nodeBytes);
  current.set(nodes);
  for (let at = layer; at < layer + height; at++) count = climb(current, count, at);
  return current.slice(0, nodeBytes);
}

/** @returns The nodes above those of a layer, in memory of their own. */
export function layerAbove(nodes: Uint8Array, layer: number): Uint8Array {
  const count = nodes.length / nodeBytes;
  const current = new Uint8Array((count + (count % 2)) * nodeBytes);
  current.set(nodes);
  return current.slice(0, climb(current, count, layer) * nodeBytes);
}

/** Replaces the first `count` nodes by those above them; there is room for an even number. @returns How many they are. */
function climb(nodes: Uint8Array, count: number, layer: number): number {
  if (count % 2 === 1) nodes.set(zeroNode(layer), count * nodeBytes);
  const above = Math.ceil(count / 2);
  for (let at = 0; at < above; at++)
    nodes.set(sha256(nodes.subarray(2 * at * nodeBytes, 2 * (at + 1) * nodeBytes)), at * nodeBytes);
  return above;
}

/** @returns The node at layer `to` above a node at layer `from`, with zeros to the right of it, in memory of its own. */
export function raised(node: Uint8Array, from: number, to: number): Uint8Array {
  return rootOf(node, from, to - from);
}
