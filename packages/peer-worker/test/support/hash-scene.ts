// A torrent of version 2 of one file, whose bytes are those of every test torrent.

import { packPlaces, shareBytes, type OpenTrees } from "@troupe/messages";
import { sha256 } from "@troupe/protocol/bytes";
import { heightOf, hashesOf, layersAbove, nodeBytes, zeroNode } from "@troupe/protocol/merkle";
import type { HashRequest } from "@troupe/protocol/peer";
import { blockLengthBytes } from "@troupe/protocol/units";

import { content } from "./scripted-peer.ts";

/** The tree of the file. */
export interface HashTree {
  readonly root: Uint8Array;
  readonly trees: OpenTrees;
  /** The shared hashes of the pieces. */
  readonly pieceHashes: Uint8Array;
  /** The hashes that answer a request. */
  answer(request: Omit<HashRequest, "root">): Uint8Array;
}

/** @param areKnown Whether the hashes of pieces are known. Default true. */
export function hashTree(totalBytes: number, pieceLengthBytes: number, areKnown = true): HashTree {
  const leaves = new Uint8Array(Math.ceil(totalBytes / blockLengthBytes) * nodeBytes);
  for (let begin = 0, at = 0; begin < totalBytes; begin += blockLengthBytes, at += nodeBytes)
    leaves.set(sha256(content(begin, Math.min(blockLengthBytes, totalBytes - begin))), at);
  const layers = layersAbove(leaves, 0);
  const pieceLayer = heightOf(pieceLengthBytes / blockLengthBytes);
  const root = layers.at(-1) ?? leaves;
  const nodes = layers[pieceLayer] ?? root;
  const hashes = shareBytes(areKnown ? nodes : new Uint8Array(nodes.length));
  const nodeAt = (layer: number, index: number): Uint8Array => {
    const node = layers[layer]?.subarray(index * nodeBytes, (index + 1) * nodeBytes);
    return node?.length === nodeBytes ? node : zeroNode(layer);
  };
  return {
    root,
    pieceHashes: new Uint8Array(hashes),
    trees: {
      algorithm: "merkle",
      pieceLayer,
      hashes,
      roots: { memory: shareBytes(root), start: 0, length: nodeBytes },
      places: packPlaces([{ offset: 0, lengthBytes: totalBytes }]),
      isAlone: true,
    },
    answer: (request) => hashesOf(request, nodeAt),
  };
}
