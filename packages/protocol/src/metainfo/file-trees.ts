// The hashes of version 2 (BEP 52): the root of each file, and the layer of its tree with a node a piece.

import type { BencodeValue } from "../bencode/bencode-value.ts";
import { invalidField, warnOnce } from "../bencode/bencode-fields.ts";
import { hexadecimal } from "../bytes/hexadecimal.ts";
import { nodeBytes, raised, rootOf, treeHeight } from "../merkle/merkle-tree.ts";
import { PieceHashes } from "./piece-hashes.ts";

/** The Merkle trees of the files of a torrent; all are values, which another thread takes as they are. */
export interface FileTrees {
  /** Layer of the trees with a node a piece; 0: a piece is a block. */
  readonly pieceLayer: number;
  /** The root of each file, end to end; zeros for an empty file and for padding. */
  readonly roots: Uint8Array;
}

/** A file and its place. */
interface PlacedFile {
  readonly lengthBytes: number;
  /** In the torrent: that of a piece unless the file is empty. */
  readonly offset: number;
}

/** Files and roots of a torrent. */
interface TreeParts {
  readonly files: readonly PlacedFile[];
  /** In the order of the files; undefined for padding and for an empty file. */
  readonly roots: readonly (Uint8Array | undefined)[];
  readonly pieceLengthBytes: number;
  readonly pieceCount: number;
}

const field = "piece layers";
/** Bytes of a SHA-1. */
const sha1Bytes = 20;

/** @returns The trees of files, in memory of their own. */
export function fileTrees({ pieceLengthBytes, roots }: TreeParts): FileTrees {
  const packed = new Uint8Array(roots.length * nodeBytes);
  for (const [file, root] of roots.entries())
    if (root !== undefined) packed.set(root, file * nodeBytes);
  return { pieceLayer: treeHeight(pieceLengthBytes), roots: packed };
}

/**
 * Reads the nodes of all pieces. A file of one piece has no layer: its root, raised to the layer of pieces, is the node.
 *
 * @param layers The dictionary `piece layers` of the .torrent; undefined for metadata that came from peers.
 * @param isProven The layers were held against their roots before.
 * @returns A node a piece, end to end, in memory of their own; zeros where the layer is absent.
 * @throws {ProtocolError} `field-invalid` for a layer of another length or another root.
 */
export function pieceNodes(
  parts: TreeParts,
  layers: BencodeValue | undefined,
  isProven: boolean,
  warnings: string[],
): Uint8Array {
  const { files, pieceCount, pieceLengthBytes, roots } = parts;
  const nodes = new Uint8Array(pieceCount * nodeBytes);
  const known = layers === undefined ? undefined : readLayers(layers, warnings);
  const proven = new Set<string>();
  for (const [file, root] of roots.entries()) {
    const { lengthBytes = 0, offset = 0 } = files[file] ?? {};
    if (root === undefined) continue;
    const at = (offset / pieceLengthBytes) * nodeBytes;
    if (lengthBytes <= pieceLengthBytes) {
      nodes.set(onlyNode(root, lengthBytes, pieceLengthBytes), at);
      continue;
    }
    const name = hexadecimal(root);
    const layer = known?.get(name);
    if (layer === undefined) continue;
    const pieces = Math.ceil(lengthBytes / pieceLengthBytes);
    if (layer.length !== pieces * nodeBytes)
      throw invalidField(
        field,
        `the layer of ${name} has ${layer.length} bytes, not ${pieces * nodeBytes}`,
      );
    if (!isProven && !proven.has(name)) proveLayer(layer, root, pieceLengthBytes);
    proven.add(name);
    nodes.set(layer, at);
  }
  return nodes;
}

/** @returns The node of the only piece of a file. */
function onlyNode(root: Uint8Array, lengthBytes: number, pieceLengthBytes: number): Uint8Array {
  return raised(root, treeHeight(lengthBytes), treeHeight(pieceLengthBytes));
}

/** By the root in hexadecimal digits. */
function readLayers(layers: BencodeValue, warnings: string[]): Map<string, Uint8Array> {
  const known = new Map<string, Uint8Array>();
  for (const [key, value] of layers.entries()) {
    if (key.length !== nodeBytes)
      throw invalidField(field, `a root has ${key.length} bytes, not ${nodeBytes}`);
    const root = hexadecimal(key);
    if (value.string === undefined)
      warnOnce(warnings, `a piece layer left out: it is of type ${value.kind}, not string`);
    // The first value of a repeated key holds.
    else if (!known.has(root)) known.set(root, value.string);
  }
  return known;
}

function proveLayer(layer: Uint8Array, root: Uint8Array, pieceLengthBytes: number): void {
  const found = rootOf(layer, treeHeight(pieceLengthBytes));
  if (found.every((byte, at) => byte === root[at])) return;
  throw invalidField(field, `the layer of ${hexadecimal(root)} has the root ${hexadecimal(found)}`);
}

/** @returns Both hashes of each piece. @param sha1s The hashes of version 1, one a piece. */
export function hybridHashes(
  nodes: Uint8Array,
  sha1s: Uint8Array,
  pieceLayer: number,
): PieceHashes {
  const digestBytes = nodeBytes + sha1Bytes;
  const pieces = nodes.length / nodeBytes;
  const bytes = new Uint8Array(pieces * digestBytes);
  for (let piece = 0; piece < pieces; piece++) {
    bytes.set(nodes.subarray(piece * nodeBytes, (piece + 1) * nodeBytes), piece * digestBytes);
    const sha1 = sha1s.subarray(piece * sha1Bytes, (piece + 1) * sha1Bytes);
    bytes.set(sha1, piece * digestBytes + nodeBytes);
  }
  return new PieceHashes("hybrid", bytes, pieceLayer);
}
