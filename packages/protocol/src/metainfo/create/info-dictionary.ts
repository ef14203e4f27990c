// The `info` dictionary of a new torrent (BEP 3, 47, 52).

import { encode } from "../../bencode/bencode-encode.ts";
import { nodeBytes, raised, rootOf, treeHeight } from "../../merkle/merkle-tree.ts";
import { digestLength } from "../piece-hashes.ts";
import {
  bencodedDictionary,
  bencodedList,
  bencodedString,
  type NewEntry,
} from "../splice-dictionary.ts";
import type { NewVersion, PlannedFile } from "./planned-files.ts";

/** A new torrent with the digests of its pieces. */
export interface NewContent {
  readonly version: NewVersion;
  readonly name: string;
  readonly pieceLengthBytes: number;
  readonly files: readonly PlannedFile[];
  /** The torrent is a single file without a folder. */
  readonly isSingleFile: boolean;
  /**
   * A digest a piece, end to end, as `startDigest` gives it without a layer: the root of the piece's own blocks, then its
   * SHA-1; version 1 has the SHA-1 alone, version 2 the root alone.
   */
  readonly digests: Uint8Array;
}

/** A new dictionary, and the node of each piece that has a layer. */
interface NewInfo {
  /** Bencoded. */
  readonly info: Uint8Array;
  /** Nodes at the layer of pieces, 32 bytes a piece; undefined for version 1. */
  readonly nodes: Uint8Array | undefined;
}

/** Encodes the dictionary. */
export function newInfo(content: NewContent): NewInfo {
  const { name, pieceLengthBytes, version } = content;
  const nodes = version === "v1" ? undefined : nodesOf(content);
  const entries: NewEntry[] = [
    ["name", bencodedString(name)],
    ["piece length", encode(pieceLengthBytes)],
  ];
  if (nodes !== undefined) {
    entries.push(["meta version", encode(2)], ["file tree", fileTree(content, nodes)]);
  }
  if (version !== "v2") entries.push(["pieces", bencodedString(sha1sOf(content))], listOf(content));
  return { info: bencodedDictionary(entries), nodes };
}

function listOf({ files, isSingleFile }: NewContent): NewEntry {
  const [only] = files;
  if (isSingleFile && only !== undefined) return ["length", encode(only.lengthBytes)];
  const list = files.map((file) =>
    bencodedDictionary([
      ...attributesOf(file),
      ["length", encode(file.lengthBytes)],
      ["path", bencodedList(file.path.map(bencodedString))],
    ]),
  );
  return ["files", bencodedList(list)];
}

function* attributesOf({ isExecutable, isPadding, linkTarget }: PlannedFile): Generator<NewEntry> {
  if (linkTarget !== undefined) {
    yield ["attr", bencodedString("l")];
    yield ["symlink path", bencodedList(linkTarget.map(bencodedString))];
  } else if (isPadding) yield ["attr", bencodedString("p")];
  else if (isExecutable === true) yield ["attr", bencodedString("x")];
}

/** A folder of the tree, or the bencoded properties of a file. */
type TreeNode = Map<string, TreeNode> | Uint8Array;

function fileTree({ files, pieceLengthBytes }: NewContent, nodes: Uint8Array): Uint8Array {
  const tree = new Map<string, TreeNode>();
  let at = 0;
  for (const file of files) {
    if (!file.isPadding)
      put(tree, file.path, propertiesOf(file, at / pieceLengthBytes, { pieceLengthBytes, nodes }));
    at += file.lengthBytes;
  }
  return encodeTree(tree);
}

function put(tree: Map<string, TreeNode>, path: readonly string[], file: Uint8Array): void {
  let folder = tree;
  for (const name of path.slice(0, -1)) {
    const below = folder.get(name) ?? new Map<string, TreeNode>();
    folder.set(name, below);
    if (below instanceof Map) folder = below;
  }
  folder.set(path.at(-1) ?? "", new Map([["", file]]));
}

function encodeTree(tree: Map<string, TreeNode>): Uint8Array {
  return bencodedDictionary(
    [...tree].map(([name, node]) => [name, node instanceof Map ? encodeTree(node) : node]),
  );
}

function propertiesOf(
  file: PlannedFile,
  firstPiece: number,
  { nodes, pieceLengthBytes }: { readonly nodes: Uint8Array; readonly pieceLengthBytes: number },
): Uint8Array {
  const { lengthBytes } = file;
  const entries: NewEntry[] = [...attributesOf(file)];
  if (file.linkTarget === undefined) entries.push(["length", encode(lengthBytes)]);
  if (lengthBytes > 0) {
    const end = firstPiece + Math.ceil(lengthBytes / pieceLengthBytes);
    const own = nodes.subarray(firstPiece * nodeBytes, end * nodeBytes);
    // The node of the only piece is the root of its blocks.
    const root = lengthBytes <= pieceLengthBytes ? own : rootOf(own, treeHeight(pieceLengthBytes));
    entries.push(["pieces root", bencodedString(root)]);
  }
  return bencodedDictionary(entries);
}

/** The node of each piece: at the layer of pieces, but for files of one piece, which have their root. */
function nodesOf({ digests, files, pieceLengthBytes, version }: NewContent): Uint8Array {
  const digestBytes = digestLength(version === "hybrid" ? "hybrid" : "merkle");
  const nodes = new Uint8Array((digests.length / digestBytes) * nodeBytes);
  const pieceLayer = treeHeight(pieceLengthBytes);
  let at = 0;
  for (const { isPadding, lengthBytes } of files) {
    const first = at / pieceLengthBytes;
    at += lengthBytes;
    if (isPadding || lengthBytes === 0) continue;
    for (let begin = 0, piece = first; begin < lengthBytes; begin += pieceLengthBytes, piece++) {
      const own = digests.subarray(piece * digestBytes, piece * digestBytes + nodeBytes);
      const height = treeHeight(Math.min(pieceLengthBytes, lengthBytes - begin));
      const isOnly = lengthBytes <= pieceLengthBytes;
      const node = isOnly ? own : raised(own, height, pieceLayer);
      nodes.set(node, piece * nodeBytes);
    }
  }
  return nodes;
}

function sha1sOf({ digests, version }: NewContent): Uint8Array {
  if (version === "v1") return digests;
  const [digestBytes, sha1Bytes] = [digestLength("hybrid"), digestLength("sha1")];
  const count = digests.length / digestBytes;
  const sha1s = new Uint8Array(count * sha1Bytes);
  for (let piece = 0; piece < count; piece++) {
    const at = piece * digestBytes + nodeBytes;
    sha1s.set(digests.subarray(at, at + sha1Bytes), piece * sha1Bytes);
  }
  return sha1s;
}
