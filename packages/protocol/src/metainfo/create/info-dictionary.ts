// The `info` dictionary of a new torrent (BEP 3, 47, 52).

import { BencodeWriter } from "../../bencode/bencode-writer.ts";
import { nodeBytes, raised, rootOf, treeHeight } from "../../merkle/merkle-tree.ts";
import { digestLength } from "../piece-hashes.ts";
import { encodeLayers, type PieceLayer } from "../piece-layers.ts";
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

/** The parts of a new .torrent that depend on its content, bencoded. */
interface NewInfo {
  readonly info: Uint8Array;
  /** `piece layers`; undefined for version 1. */
  readonly layers: Uint8Array | undefined;
}

/** A file in the tree of version 2. */
interface TreeFile {
  readonly file: PlannedFile;
  /** Undefined for a file without bytes. */
  readonly root: Uint8Array | undefined;
  /** The nodes of its pieces; undefined for a file of one piece. */
  readonly layer: Uint8Array | undefined;
}

/** A folder of the tree, or a file. */
type TreeNode = Map<string, TreeNode> | TreeFile;

/** Encodes `info` and the layers. */
export function newInfo(content: NewContent): NewInfo {
  const { name, pieceLengthBytes, version } = content;
  const files = version === "v1" ? undefined : [...treeFilesOf(content)];
  const writer = new BencodeWriter().dictionary();
  if (files !== undefined) {
    writer.string("file tree");
    writeTree(writer, treeOf(files));
  }
  if (version !== "v2") writeList(writer, content);
  if (files !== undefined) writer.string("meta version").integer(2);
  writer.string("name").string(name).string("piece length").integer(pieceLengthBytes);
  if (version !== "v2") writer.string("pieces").string(sha1sOf(content));
  return { info: writer.end().finish(), layers: files && encodeLayers(layersOf(files)) };
}

function writeList(writer: BencodeWriter, { files, isSingleFile }: NewContent): void {
  const [only] = files;
  if (isSingleFile && only !== undefined)
    return void writer.string("length").integer(only.lengthBytes);
  writer.string("files").list();
  for (const file of files) {
    writer.dictionary();
    writeAttribute(writer, file);
    writer.string("length").integer(file.lengthBytes).string("path").strings(file.path);
    writeLink(writer, file);
    writer.end();
  }
  writer.end();
}

function writeAttribute(
  writer: BencodeWriter,
  { isExecutable, isPadding, linkTarget }: PlannedFile,
): void {
  const attribute =
    linkTarget !== undefined ? "l" : isPadding ? "p" : isExecutable === true ? "x" : undefined;
  if (attribute !== undefined) writer.string("attr").string(attribute);
}

function writeLink(writer: BencodeWriter, { linkTarget }: PlannedFile): void {
  if (linkTarget !== undefined) writer.string("symlink path").strings(linkTarget);
}

function* treeFilesOf(content: NewContent): Generator<TreeFile> {
  const { files, pieceLengthBytes } = content;
  const nodes = nodesOf(content);
  let at = 0;
  for (const file of files) {
    const { isPadding, lengthBytes } = file;
    const first = at / pieceLengthBytes;
    at += lengthBytes;
    if (isPadding) continue;
    const end = first + Math.ceil(lengthBytes / pieceLengthBytes);
    const own = nodes.subarray(first * nodeBytes, end * nodeBytes);
    if (lengthBytes === 0) yield { file, root: undefined, layer: undefined };
    // The node of the only piece is the root of its blocks.
    else if (lengthBytes <= pieceLengthBytes) yield { file, root: own, layer: undefined };
    else yield { file, root: rootOf(own, treeHeight(pieceLengthBytes)), layer: own };
  }
}

function treeOf(files: readonly TreeFile[]): Map<string, TreeNode> {
  const tree = new Map<string, TreeNode>();
  for (const each of files) {
    const { path } = each.file;
    let folder = tree;
    for (const name of path.slice(0, -1)) {
      const below = folder.get(name) ?? new Map<string, TreeNode>();
      folder.set(name, below);
      if (below instanceof Map) folder = below;
    }
    folder.set(path.at(-1) ?? "", each);
  }
  return tree;
}

function writeTree(writer: BencodeWriter, tree: ReadonlyMap<string, TreeNode>): void {
  writer.dictionary();
  for (const [name, node] of sorted(tree)) {
    writer.string(name);
    if (node instanceof Map) writeTree(writer, node);
    else writeFile(writer.dictionary().string(""), node).end();
  }
  writer.end();
}

function writeFile(writer: BencodeWriter, { file, root }: TreeFile): BencodeWriter {
  writer.dictionary();
  writeAttribute(writer, file);
  if (file.linkTarget === undefined) writer.string("length").integer(file.lengthBytes);
  if (root !== undefined) writer.string("pieces root").string(root);
  writeLink(writer, file);
  return writer.end();
}

function* layersOf(files: readonly TreeFile[]): Generator<PieceLayer> {
  for (const { layer, root } of files)
    if (layer !== undefined && root !== undefined) yield [root, layer];
}

/** In the order of the bytes of the names. */
function sorted(tree: ReadonlyMap<string, TreeNode>): readonly [string, TreeNode][] {
  return [...tree]
    .map((entry) => ({ entry, key: Buffer.from(entry[0]) }))
    .toSorted((one, other) => Buffer.compare(one.key, other.key))
    .map(({ entry }) => entry);
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
