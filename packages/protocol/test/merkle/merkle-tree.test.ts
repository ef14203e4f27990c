import test from "ava";
import fc from "fast-check";
import {
  heightOf,
  layerAbove,
  nodeBytes,
  pieceRoot,
  PieceRoot,
  raised,
  rootOf,
  zeroNode,
} from "../../src/merkle/index.ts";
import { join } from "../support/bytes.ts";
import { sha256, slowLayers, slowRoot } from "../support/tree-torrents.ts";

const blockBytes = 16_384;
const lengths = fc.oneof(
  fc.constantFrom(1, blockBytes - 1, blockBytes, blockBytes + 1, 3 * blockBytes, 5 * blockBytes),
  fc.integer({ min: 1, max: 300_000 }),
);
const contents = fc.tuple(lengths, fc.nat(255)).map(([length, seed]) => {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 997) bytes[at] = (at + seed) % 256;
  return bytes;
});

test("A15: the root of leaves is that of a slow tree, whatever their number", (t) => {
  fc.assert(
    fc.property(contents, (bytes) => {
      const count = Math.ceil(bytes.length / blockBytes);
      const [leaves = []] = slowLayers(bytes);
      t.deepEqual(rootOf(join(...leaves.slice(0, count)), 0), slowRoot(bytes));
    }),
    { numRuns: 60 },
  );
});

test("A15: each layer has the nodes of a slow tree, and zero nodes to the right of them", (t) => {
  const layers = slowLayers(new Uint8Array(11 * blockBytes).fill(3));
  let nodes = join(...(layers[0] ?? []).slice(0, 11));
  for (const [layer, slow] of layers.entries()) {
    const count = nodes.length / nodeBytes;
    t.is(count, Math.ceil(11 / 2 ** layer));
    t.deepEqual(nodes, join(...slow.slice(0, count)));
    for (const node of slow.slice(count)) t.deepEqual(node, zeroNode(layer));
    nodes = layerAbove(nodes, layer);
  }
});

test("A15: a zero node is the hash of two zero nodes below it", (t) => {
  t.deepEqual(zeroNode(0), new Uint8Array(nodeBytes));
  for (const layer of [1, 2, 7])
    t.deepEqual(zeroNode(layer), sha256(zeroNode(layer - 1), zeroNode(layer - 1)));
});

test("A15: a raised root is the node of a piece whose other blocks are zeros", (t) => {
  fc.assert(
    fc.property(contents, fc.nat(4), (bytes, more) => {
      const height = heightOf(Math.ceil(bytes.length / blockBytes));
      const node = raised(slowRoot(bytes), height, height + more);
      t.deepEqual(node, pieceRoot(bytes, height + more));
    }),
    { numRuns: 40 },
  );
});

test("A15: the node of a piece is the same from parts of whole blocks", (t) => {
  fc.assert(
    fc.property(contents, fc.integer({ min: 1, max: 5 }), (bytes, blocks) => {
      const height = heightOf(Math.ceil(bytes.length / blockBytes));
      const root = new PieceRoot(height, bytes.length);
      const step = blocks * blockBytes;
      for (let at = 0; at < bytes.length; at += step) root.update(bytes.subarray(at, at + step));
      t.deepEqual(root.digest(), slowRoot(bytes));
    }),
    { numRuns: 40 },
  );
});
