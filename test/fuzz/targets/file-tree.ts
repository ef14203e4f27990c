import { type Metainfo, parseTorrent, withPieceLayers } from "@troupe/protocol/metainfo";
import { treeParts, treeTorrent } from "@troupe/protocol/testing";
import { blockLengthBytes } from "@troupe/protocol/units";

import { bencoded, type Plain, readTree, type Tree } from "../engine/bencode-tree.ts";
import { bencodeMutator } from "../engine/mutate-bencode.ts";
import { acceptedBy, hold, sameBytes } from "../engine/oracle.ts";
import type { Random } from "../engine/random.ts";
import type { FuzzTarget } from "../engine/target.ts";
import { holdOwnPaths, holdSizes } from "./parse-torrent.ts";

const nodeBytes = 32;
const sha1Bytes = 20;

/** Torrents of version 2 and hybrids. */
export const fileTree: FuzzTarget = {
  name: "file-tree",
  oracle:
    "refused with a code, or each file with bytes begins a piece and has its root, padding lies at the end of pieces, paths stay below the folder, and a file of one piece has a hash for it",
  sources: [
    "protocol/src/metainfo/file-tree",
    "protocol/src/metainfo/place-tree",
    "protocol/src/metainfo/metainfo-hybrid",
    "protocol/src/metainfo/link-targets",
  ],
  seeds: treeSeeds,
  mutate: bencodeMutator({
    keys: [
      ..."file tree|meta version|piece length|pieces|files|length|path|attr|pieces root".split("|"),
      ..."symlink path|piece layers|name|a|b|..|.|/|\u0000|".split("|"),
    ],
    strings: [
      ..."p|l|x|lp|a|b|..|../x|\u202e|".split("|"),
      new Uint8Array(nodeBytes),
      new Uint8Array(nodeBytes).fill(9),
      new Uint8Array(nodeBytes - 1).fill(9),
    ],
    repair,
  }),
  run(input) {
    const metainfo = acceptedBy(() => parseTorrent(input));
    if (metainfo === undefined) return;
    holdSizes(metainfo);
    holdOwnPaths(metainfo);
    if (metainfo.trees !== undefined) holdTrees(input, metainfo, metainfo.trees.roots);
  },
};

function holdTrees(input: Uint8Array, metainfo: Metainfo, roots: Uint8Array): void {
  const { files, geometry, infoHashes, pieceHashes } = metainfo;
  const { pieceLengthBytes } = geometry;
  hold(infoHashes.v2 !== undefined, "trees without a hash of version 2");
  hold(pieceLengthBytes >= blockLengthBytes, "pieces shorter than a block");
  hold(roots.length === files.length * nodeBytes, "a file without a place for its root");
  let dataEnd = 0;
  for (const [file, { isPadding, lengthBytes, offset }] of files.entries()) {
    const root = roots.subarray(file * nodeBytes, (file + 1) * nodeBytes);
    const isZero = root.every((byte) => byte === 0);
    hold(
      isZero === (isPadding || lengthBytes === 0),
      "a root of no bytes, or bytes without a root",
    );
    if (isPadding || lengthBytes === 0) continue;
    hold(offset % pieceLengthBytes === 0, "a file begins within a piece");
    hold(offset - dataEnd < pieceLengthBytes, "a piece of padding alone");
    dataEnd = offset + lengthBytes;
    if (lengthBytes > pieceLengthBytes) continue;
    hold(pieceHashes.isNodeKnown(offset / pieceLengthBytes), "a file of one piece has no hash");
  }
  // Memory of absent layers is never touched: there may be 2²¹ pieces.
  for (let piece = 0; piece < geometry.pieceCount; piece++)
    if (!pieceHashes.isNodeKnown(piece)) return;
  const known = acceptedBy(() => parseTorrent(input, { areLayersProven: true }));
  hold(known !== undefined, "proven layers are held to more than others");
  hold(
    sameBytes(known.pieceHashes.bytes, pieceHashes.bytes),
    "other hashes where layers are proven",
  );
  const again = parseTorrent(withPieceLayers(input, metainfo));
  hold(again.infoHash === metainfo.infoHash, "layers change the info-hash");
  hold(sameBytes(again.pieceHashes.bytes, pieceHashes.bytes), "layers are read otherwise");
}

function treeSeeds(): Uint8Array[] {
  const file = (path: string, length: number) => ({ path, bytes: new Uint8Array(length).fill(5) });
  const small = [file("a", 0), file("b/c", 1), file("b/d", blockLengthBytes), file("e", 40_000)];
  const parts = treeParts(small, blockLengthBytes);
  const only = treeParts([file("folder", 9)], 2 * blockLengthBytes);
  const root = new Uint8Array(nodeBytes).fill(9);
  const info = { "meta version": 2, name: "n", "piece length": blockLengthBytes };
  const link = { "": { attr: "l", length: 0, "symlink path": ["a"] } };
  const tree = { a: { "": { length: 3, "pieces root": root } }, b: link };
  return [
    treeTorrent(parts, blockLengthBytes, "v2"),
    treeTorrent(parts, blockLengthBytes, "hybrid"),
    treeTorrent(parts, blockLengthBytes, "v2", { layers: undefined }),
    treeTorrent(only, 2 * blockLengthBytes, "v2"),
    bencoded({ info: { ...info, "file tree": tree } }),
  ];
}

/** The half of version 1 mostly names the files of the tree again. */
function repair(root: Tree, random: Random): void {
  const info = entryOf(root, "info");
  const tree = entryOf(info, "file tree");
  if (info?.kind !== "dictionary" || entryOf(info, "pieces") === undefined) return;
  const pieceLength = Number(digitsOf(entryOf(info, "piece length")) ?? 0);
  const files: Plain[] = [];
  let end = 0;
  for (const { length, names } of filesOf(tree, [])) {
    const gap = length > 0 ? (pieceLength - (end % pieceLength)) % pieceLength : 0;
    if (gap > 0) files.push({ attr: "p", length: gap, path: [".pad", String(gap)] });
    files.push({ length, path: names });
    end += gap + length;
  }
  const count = Math.ceil(end / pieceLength);
  if (!(count > 0 && count <= 100)) return;
  setEntry(info, "files", files);
  setEntry(info, "pieces", random.bytes(sha1Bytes * count));
}

function* filesOf(
  folder: Tree | undefined,
  path: readonly string[],
): Generator<{ readonly length: number; readonly names: string[] }> {
  if (folder?.kind !== "dictionary") return;
  for (const [key, value] of folder.entries) {
    const name = Buffer.from(key).toString();
    if (name !== "") yield* filesOf(value, [...path, name]);
    else yield { length: Number(digitsOf(entryOf(value, "length")) ?? 0), names: [...path] };
  }
}

function entryOf(tree: Tree | undefined, name: string): Tree | undefined {
  if (tree?.kind !== "dictionary") return undefined;
  return tree.entries.find(([key]) => Buffer.from(key).toString("latin1") === name)?.[1];
}

function setEntry(tree: Extract<Tree, { kind: "dictionary" }>, name: string, value: Plain): void {
  const made = readTree(bencoded(value));
  const at = tree.entries.findIndex(([key]) => Buffer.from(key).toString("latin1") === name);
  if (at >= 0 && made !== undefined) tree.entries[at] = [Buffer.from(name), made];
}

function digitsOf(tree: Tree | undefined): string | undefined {
  return tree?.kind === "integer" ? tree.digits : undefined;
}
