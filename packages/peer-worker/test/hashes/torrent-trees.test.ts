import test from "ava";
import { packPlaces, shareBytes, type OpenTrees } from "@troupe/messages";
import { layersAbove, nodeBytes } from "@troupe/protocol/merkle";

import { TorrentTrees } from "../../src/hashes/torrent-trees.ts";

const pieceLengthBytes = 65_536;

function nodesOf(...values: readonly number[]): Uint8Array {
  const nodes = new Uint8Array(values.length * nodeBytes);
  for (const [at, value] of values.entries())
    nodes.fill(value, at * nodeBytes, (at + 1) * nodeBytes);
  return nodes;
}

/** Five files: one of three pieces, padding, two alike, an empty one. */
function scene(algorithm: OpenTrees["algorithm"] = "merkle") {
  const roots = nodesOf(7, 0, 5, 5, 0);
  const digestBytes = algorithm === "merkle" ? 32 : 52;
  const hashes = new SharedArrayBuffer(5 * digestBytes);
  const opened: OpenTrees = {
    algorithm,
    pieceLayer: 2,
    hashes,
    roots: { memory: shareBytes(roots), start: 0, length: roots.length },
    places: packPlaces([
      { offset: 0, lengthBytes: 2 * pieceLengthBytes + 1 },
      { offset: 2 * pieceLengthBytes + 1, lengthBytes: pieceLengthBytes - 1 },
      { offset: 3 * pieceLengthBytes, lengthBytes: 40_000 },
      { offset: 4 * pieceLengthBytes, lengthBytes: 40_000 },
      { offset: 5 * pieceLengthBytes, lengthBytes: 0 },
    ]),
    isAlone: true,
  };
  const trees = new TorrentTrees(opened, pieceLengthBytes);
  const setNode = (piece: number, value: number): void =>
    void new Uint8Array(hashes).fill(value, piece * digestBytes, piece * digestBytes + 32);
  return { setNode, trees };
}

test("files are found by their roots; equal files share one, padding and empty files have none", (t) => {
  const { trees } = scene();
  const found = (value: number): number[] =>
    [...trees.filesOf(nodesOf(value))].map(({ index }) => index);
  t.deepEqual(found(5).toSorted(), [2, 3]);
  t.deepEqual(found(7), [0]);
  t.deepEqual([found(0), found(6), found(9)], [[], [], []]);
  t.like(trees.file(0), { firstPiece: 0, pieces: 3, height: 4 });
  t.like(trees.file(3), { firstPiece: 4, pieces: 1, height: 2 });
});

for (const algorithm of ["merkle", "hybrid"] as const)
  test(`a layer is known once the last of its nodes has come, ${algorithm}`, (t) => {
    const { setNode, trees } = scene(algorithm);
    const file = trees.file(0);
    if (file === undefined) return t.fail();
    const known: boolean[] = [];
    for (const piece of [2, 0, 1]) {
      known.push(trees.isLayerKnown(file));
      setNode(piece, piece + 1);
    }
    t.deepEqual([...known, trees.isLayerKnown(file)], [false, false, false, true]);
    const layers = trees.layersOf(file);
    t.true(layers.prepare(1));
    t.deepEqual(layers.nodeAt(2, 1), nodesOf(2));
    t.deepEqual(layers.nodeAt(4, 0), layersAbove(nodesOf(1, 2, 3), 2).at(-1));
    t.is(trees.layersOf(file), layers, "kept");
  });
